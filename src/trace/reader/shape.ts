// Descriptions of what a line of a trace may hold. A value is never used as it was written: it is read field by field, and
// what is not described is left out.
import { visible, visibleLines } from '../../base/text.ts';
import { LIMIT } from '../format/limits.ts';

/** What was shortened while values were read. */
export interface Cuts {
  /** Texts and lists that were longer than their limit. */
  count: number;
}

/** Reads one value. `undefined`: it is not what the field holds. */
export interface Field<T> {
  read(value: unknown, cuts: Cuts): T | undefined;
}
/** A field that may be missing. */
export interface OptionalField<T> extends Field<T> {
  readonly optional: true;
}

/** One field for each property of `T`; the compiler asks for every one, and whether it may be missing. */
export type Shape<T> = {
  readonly [K in keyof T]-?: undefined extends T[K] ? OptionalField<Exclude<T[K], undefined>> : Field<T[K]>;
};

function field<T>(read: Field<T>['read']): Field<T> {
  return { read };
}

export function optional<T>({ read }: Field<T>): OptionalField<T> {
  return { read, optional: true };
}

export function orNull<T>({ read }: Field<T>): Field<T | null> {
  return field((value, cuts) => (value === null ? null : read(value, cuts)));
}

/** A whole number from `least` to `most`. */
export function whole(least: number, most: number): Field<number> {
  return field((value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      ? value
      : undefined,
  );
}

/** A number from `least` to `most`. */
export function between(least: number, most: number): Field<number> {
  return field((value) => (typeof value === 'number' && value >= least && value <= most ? value : undefined));
}

export const flag: Field<boolean> = field((value) => (typeof value === 'boolean' ? value : undefined));

export function exactly<const T extends string | number | boolean>(only: T): Field<T> {
  return field((value) => (value === only ? only : undefined));
}

/** One of the keys of `known`. */
export function oneOf<T extends string>(known: Readonly<Record<T, true>>): Field<T> {
  return field((value) =>
    typeof value === 'string' && Object.hasOwn(known, value) ? (value as T) : undefined,
  );
}

/** Text of one line, in which nothing is left that a terminal would obey. */
export function text(most: number): Field<string> {
  return field((value, cuts) =>
    typeof value === 'string' ? visible(shortened(value, most, cuts)) : undefined,
  );
}

/** Text that may have several lines. */
export function lines(most: number): Field<string> {
  return field((value, cuts) =>
    typeof value === 'string' ? visibleLines(shortened(value, most, cuts)) : undefined,
  );
}

export function matching(pattern: RegExp): Field<string> {
  return field((value) => (typeof value === 'string' && pattern.test(value) ? value : undefined));
}

function shortened(value: string, most: number, cuts: Cuts): string {
  if (value.length <= most) return value;
  cuts.count++;
  return `${value.slice(0, most - 1)}…`;
}

/** A list of at most so many entries; with one wrong entry all of it is wrong. */
export function listOf<T>(entry: Field<T>, most: number = LIMIT.list): Field<readonly T[]> {
  return field((value, cuts) => {
    if (!Array.isArray(value)) return undefined;
    if (value.length > most) cuts.count++;
    const read: T[] = [];
    for (const one of value.slice(0, most)) {
      const known = entry.read(one, cuts);
      if (known === undefined) return undefined;
      read.push(known);
    }
    return read;
  });
}

/** Names with a number each. */
export function countsByName(
  name: Field<string>,
  number: Field<number>,
): Field<Readonly<Record<string, number>>> {
  return field((value, cuts) => {
    if (!isObject(value)) return undefined;
    const entries = Object.entries(value);
    if (entries.length > LIMIT.list) cuts.count++;
    const read: [string, number][] = [];
    for (const [key, one] of entries.slice(0, LIMIT.list)) {
      const known = [name.read(key, cuts), number.read(one, cuts)] as const;
      if (known[0] === undefined || known[1] === undefined) return undefined;
      read.push([known[0], known[1]]);
    }
    return Object.fromEntries(read);
  });
}

/** An object with these fields; others are left out. */
export function object<T extends object>(shape: Shape<T>): Field<T> {
  const fields = Object.entries<Field<unknown> | OptionalField<unknown>>(shape);
  return field((value, cuts) => {
    if (!isObject(value)) return undefined;
    const read: Record<string, unknown> = {};
    for (const [name, one] of fields) {
      const given = Object.hasOwn(value, name) ? value[name] : undefined;
      if (given === undefined && 'optional' in one) continue;
      const known = one.read(given, cuts);
      if (known === undefined) return undefined;
      read[name] = known;
    }
    return read as T;
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
