import { inspect } from 'node:util';

/** Up to so many items the names of an array's properties are looked through; a larger one's would all have to be made first. */
const FEW = 64;
export const NO_NAMES: readonly string[] = [];
const SUMMARY = { maxArrayLength: 0, depth: 0, customInspect: false, breakLength: Number.POSITIVE_INFINITY };
const ITEMS_ONLY = /^[^,]*\[ \.\.\. \d+ more items? \]$/;

/** The names of an array's properties that are no items, as `index` and `groups` of what `match` returns. */
export function namedKeys(array: readonly unknown[]): readonly string[] {
  // Without making a string of each index: Node looks for them in V8 itself.
  if (array.length > FEW && ITEMS_ONLY.test(inspect(array, SUMMARY))) return NO_NAMES;
  const keys = Object.keys(array);
  const last = keys[keys.length - 1];
  // Items come first.
  if (last === undefined || last === String(array.length - 1) || isIndex(last)) return NO_NAMES;
  return keys.slice(keys.findIndex((key) => !isIndex(key)));
}

export function isIndex(key: string): boolean {
  const number = Number(key) >>> 0;
  return number !== 0xffffffff && String(number) === key;
}
