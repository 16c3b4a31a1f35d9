import { TypeMismatch, ValueError } from '../../core/errors/errors.ts';

/** One C type: how it is read and written, and what Python's letter for it is. */
interface TypeInfo<V> {
  readonly bytes: number;
  read(view: DataView, offset: number): V;
  /** @throws TypeError for a value of another type */
  write(view: DataView, offset: number, value: V): void;
}

const LITTLE = true;

function integer(
  bytes: number,
  read: (view: DataView, offset: number) => number,
  write: (view: DataView, offset: number, value: number) => void,
): TypeInfo<number> {
  return {
    bytes,
    read,
    write(view, offset, value) {
      if (typeof value !== 'number' || !Number.isInteger(value)) {
        throw new TypeError(`an integer is required, not ${describe(value)}`);
      }
      write(view, offset, value);
    },
  };
}

function float(
  bytes: number,
  read: (view: DataView, offset: number) => number,
  write: (view: DataView, offset: number, value: number) => void,
): TypeInfo<number> {
  return {
    bytes,
    read,
    write(view, offset, value) {
      if (typeof value !== 'number') throw new TypeError(`a number is required, not ${describe(value)}`);
      write(view, offset, value);
    },
  };
}

function big(
  read: (view: DataView, offset: number) => bigint,
  write: (view: DataView, offset: number, value: bigint) => void,
): TypeInfo<bigint> {
  return {
    bytes: 8,
    read,
    write(view, offset, value) {
      // Whole numbers are taken too, so that a literal needs no n.
      if (typeof value !== 'bigint' && !Number.isInteger(value)) {
        throw new TypeError(`a bigint or an integer is required, not ${describe(value)}`);
      }
      write(view, offset, BigInt(value));
    },
  };
}

/** One byte; strings of one latin-1 character are taken too. */
const char: TypeInfo<Buffer> = {
  bytes: 1,
  read: (view, offset) => Buffer.from([view.getUint8(offset)]),
  write(view, offset, value: Buffer | string) {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
    if (!(bytes instanceof Uint8Array) || bytes.length !== 1) throw new TypeError('one byte is required');
    view.setUint8(offset, bytes[0] as number);
  },
};

const int64 = big(
  (v, o) => v.getBigInt64(o, LITTLE),
  (v, o, x) => v.setBigInt64(o, x, LITTLE),
);
const uint64 = big(
  (v, o) => v.getBigUint64(o, LITTLE),
  (v, o, x) => v.setBigUint64(o, x, LITTLE),
);

/** Python's letters. `l`, `L`, `q` and `Q` are 8 bytes, as C's long on 64-bit Linux and macOS, and bigints here. */
export const TYPES = {
  c: char,
  b: integer(
    1,
    (v, o) => v.getInt8(o),
    (v, o, x) => v.setInt8(o, x),
  ),
  B: integer(
    1,
    (v, o) => v.getUint8(o),
    (v, o, x) => v.setUint8(o, x),
  ),
  h: integer(
    2,
    (v, o) => v.getInt16(o, LITTLE),
    (v, o, x) => v.setInt16(o, x, LITTLE),
  ),
  H: integer(
    2,
    (v, o) => v.getUint16(o, LITTLE),
    (v, o, x) => v.setUint16(o, x, LITTLE),
  ),
  i: integer(
    4,
    (v, o) => v.getInt32(o, LITTLE),
    (v, o, x) => v.setInt32(o, x, LITTLE),
  ),
  I: integer(
    4,
    (v, o) => v.getUint32(o, LITTLE),
    (v, o, x) => v.setUint32(o, x, LITTLE),
  ),
  l: int64,
  L: uint64,
  q: int64,
  Q: uint64,
  f: float(
    4,
    (v, o) => v.getFloat32(o, LITTLE),
    (v, o, x) => v.setFloat32(o, x, LITTLE),
  ),
  d: float(
    8,
    (v, o) => v.getFloat64(o, LITTLE),
    (v, o, x) => v.setFloat64(o, x, LITTLE),
  ),
} as const;
export type Typecode = keyof typeof TYPES;

/** Fields of a structure, in the order in which they lie in memory. */
export type Schema = Readonly<Record<string, Typecode>>;
/** What one element of shared data is: a typecode, or a structure. */
export type ElementType = Typecode | Schema;

export type TypecodeValue<C extends Typecode> = (typeof TYPES)[C] extends TypeInfo<infer V> ? V : never;
/** The TypeScript type of an element: a number, bigint or byte, or an object with the schema's fields. */
export type ElementValue<E extends ElementType> = E extends Typecode
  ? TypecodeValue<E>
  : { -readonly [F in keyof E]: E[F] extends Typecode ? TypecodeValue<E[F]> : never };

/** Reads and writes one element at a byte offset. */
export interface Element<E extends ElementType> {
  readonly bytes: number;
  read(view: DataView, offset: number): ElementValue<E>;
  write(view: DataView, offset: number, value: ElementValue<E>): void;
}

/** @throws ValueError for an unknown typecode or an empty structure */
export function elementOf<E extends ElementType>(type: E): Element<E> {
  // The type parameter says which of the two it is; the compiler cannot follow that into the value.
  if (typeof type !== 'string' && (typeof type !== 'object' || type === null))
    throw new TypeMismatch(`a type is a typecode or a schema, as 'i' or { x: 'd' }, not ${String(type)}`);
  return (typeof type === 'string' ? typeInfo(type) : structOf(type as Schema)) as unknown as Element<E>;
}

function typeInfo(code: string): TypeInfo<unknown> {
  const info = (TYPES as Record<string, unknown>)[code];
  if (info === undefined)
    throw new ValueError(`unknown typecode ${JSON.stringify(code)}: one of ${Object.keys(TYPES).join(' ')}`);
  return info as TypeInfo<unknown>;
}

/** Byte offsets as a C compiler lays a structure out: each field aligned to its own size. */
export function fieldsOf(schema: Schema): {
  readonly fields: ReadonlyMap<string, StructField>;
  readonly bytes: number;
} {
  const fields = new Map<string, StructField>();
  let at = 0;
  let widest = 1;
  for (const [name, code] of Object.entries(schema)) {
    const info = typeInfo(code);
    at = align(at, info.bytes);
    fields.set(name, { offset: at, info });
    at += info.bytes;
    widest = Math.max(widest, info.bytes);
  }
  if (fields.size === 0) throw new ValueError('a structure has at least one field');
  return { fields, bytes: align(at, widest) };
}
export interface StructField {
  readonly offset: number;
  readonly info: TypeInfo<unknown>;
}

const align = (at: number, to: number): number => Math.ceil(at / to) * to;

function structOf(schema: Schema): TypeInfo<Record<string, unknown>> {
  const { fields, bytes } = fieldsOf(schema);
  return {
    bytes,
    read(view, offset) {
      const value: Record<string, unknown> = {};
      for (const [name, field] of fields) value[name] = field.info.read(view, offset + field.offset);
      return value;
    },
    write(view, offset, value) {
      for (const name of Object.keys(value))
        if (!fields.has(name)) throw new TypeError(`the structure has no field ${name}`);
      for (const [name, field] of fields) {
        if (name in value) field.info.write(view, offset + field.offset, value[name]);
      }
    },
  };
}

function describe(value: unknown): string {
  return typeof value === 'number' ? `${value}` : `a ${value === null ? 'null' : typeof value}`;
}
