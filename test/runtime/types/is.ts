type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `is<Expected>()(value)` does not compile where the value's type is another than that. */
export const is =
  <Expected>() =>
  <Given>(_value: Given & (Same<Expected, Given> extends true ? unknown : never)): void => {};
