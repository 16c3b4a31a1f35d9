/**
 * Tags of the wire format between processes of one session (same version on both sides: nothing is kept on disk).
 * Lengths and counts are unsigned LEB128; integers zigzag LEB128; floats little-endian float64.
 */
export const TAG = {
  null: 0,
  undefined: 1,
  true: 2,
  false: 3,
  int: 4,
  double: 5,
  latin1: 6,
  utf16: 7,
  array: 8,
  object: 9,
  map: 10,
  set: 11,
  date: 12,
  bigint: 13,
  /** Index in VIEWS, bytes, content. */
  view: 14,
  arrayBuffer: 15,
  error: 16,
  regexp: 17,
  /** A lock, queue, connection …: see handles.ts. */
  handle: 18,
  /** The object of a primitive value, which follows. */
  boxed: 19,
  /** An object that occurred before in the message, by its number. */
  backReference: 20,
  /** A hole in a sparse array. */
  hole: 21,
  /** As `array`; the number of its named properties, their names and values follow. */
  namedArray: 22,
  /** A view of a buffer that others share: kind, offset in the buffer and length in bytes; then which part of the buffer follows. */
  wideView: 23,
  /** Another one of that buffer: kind, the number of the first, offset in the buffer and length in bytes. */
  viewOf: 24,
  /** That buffer itself, by the number of the first view. */
  bufferOf: 25,
} as const;

export type AnyView = ArrayBufferView<ArrayBufferLike>;
type ViewConstructor = new (buffer: ArrayBuffer, offset: number, length: number) => AnyView;

/** What `AggregateError` and `SuppressedError` hold where no enumeration shows it. */
export const HIDDEN_FIELDS = ['errors', 'error', 'suppressed'] as const;

/** Number of Buffer in {@link VIEWS}. */
export const BUFFER_VIEW = 0;
/** Kinds of views, by their number on the wire. */
export const VIEWS: readonly {
  readonly name: string;
  /** undefined: this Node has none of them. */
  readonly make: ViewConstructor | undefined;
  readonly size: number;
}[] = [
  { name: 'Buffer', make: Uint8Array, size: 1 },
  { name: 'Uint8Array', make: Uint8Array, size: 1 },
  { name: 'Int8Array', make: Int8Array, size: 1 },
  { name: 'Uint8ClampedArray', make: Uint8ClampedArray, size: 1 },
  { name: 'Int16Array', make: Int16Array, size: 2 },
  { name: 'Uint16Array', make: Uint16Array, size: 2 },
  { name: 'Int32Array', make: Int32Array, size: 4 },
  { name: 'Uint32Array', make: Uint32Array, size: 4 },
  { name: 'Float32Array', make: Float32Array, size: 4 },
  { name: 'Float64Array', make: Float64Array, size: 8 },
  { name: 'BigInt64Array', make: BigInt64Array, size: 8 },
  { name: 'BigUint64Array', make: BigUint64Array, size: 8 },
  { name: 'DataView', make: DataView, size: 1 },
  // From Node 24 on.
  { name: 'Float16Array', make: Reflect.get(globalThis, 'Float16Array'), size: 2 },
];

/** Turns handles into wire form and back; the runtime provides it, the codec does not know what a handle is. */
export interface HandleCodec {
  /** The handle's description (any encodable value without handles) if `value` is one. */
  toWire(value: object): readonly unknown[] | undefined;
  fromWire(wire: readonly unknown[]): object;
}

/** Buffer's own fast string methods, which Node keeps stable and its types leave out. */
export type FastBuffer = Buffer & {
  latin1Slice(start: number, end: number): string;
  ucs2Slice(start: number, end: number): string;
  latin1Write(text: string, offset: number, length: number): number;
  ucs2Write(text: string, offset: number, length: number): number;
};
