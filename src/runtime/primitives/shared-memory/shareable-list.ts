import { inspect } from 'node:util';
import { atMost, Internal } from '../../core/arguments/internal.ts';
import { optionsOf } from '../../core/arguments/options.ts';
import { IndexError, TypeMismatch, ValueError } from '../../core/errors/errors.ts';
import { registerHandle } from '../../core/handles/transfer.ts';
import { managed, SharedMemory } from './shared-memory.ts';

/** A number is a float64, a bigint an int64; bytes come back as a Buffer. */
export type ShareableValue = number | bigint | boolean | string | null | Uint8Array;

/** In the segment: magic, number of items, then a row for each (offset, room, kind, bytes used), then their bytes. */
const MAGIC = 0x464b534c;
const HEAD = 8;
const ROW = 16;
const ALIGN = 8;
const KIND = { null: 0, boolean: 1, number: 2, bigint: 3, string: 4, bytes: 5 } as const;

interface ListOptions {
  readonly name?: string | undefined;
}
/** In the place of options: they, and the manager that the list belongs to. */
export const ofManager = new Internal<{ readonly options: ListOptions; readonly manager: string }>();

interface Encoded {
  readonly kind: number;
  readonly bytes: Buffer;
}

function encode(value: ShareableValue): Encoded {
  if (value === null) return { kind: KIND.null, bytes: Buffer.alloc(0) };
  if (typeof value === 'boolean') return { kind: KIND.boolean, bytes: Buffer.from([Number(value)]) };
  if (typeof value === 'string') return { kind: KIND.string, bytes: Buffer.from(value) };
  if (value instanceof Uint8Array) return { kind: KIND.bytes, bytes: Buffer.from(value) };
  const bytes = Buffer.alloc(8);
  if (typeof value === 'number') bytes.writeDoubleLE(value);
  else if (typeof value === 'bigint') bytes.writeBigInt64LE(BigInt.asIntN(64, value));
  else
    throw new TypeMismatch(
      `a ShareableList holds numbers, bigints, booleans, strings, bytes and null, not ${inspect(value)}`,
    );
  return { kind: typeof value === 'number' ? KIND.number : KIND.bigint, bytes };
}

function encodeAll(items: Iterable<ShareableValue>): Encoded[] {
  if (typeof items === 'string' || !(Symbol.iterator in Object(items)))
    throw new TypeMismatch(
      `the items of a ShareableList are an array or another iterable, not ${inspect(items)}`,
    );
  return [...items].map(encode);
}

function decode(kind: number, bytes: Buffer): ShareableValue {
  if (kind === KIND.null) return null;
  if (kind === KIND.boolean) return bytes[0] === 1;
  if (kind === KIND.number) return bytes.readDoubleLE();
  if (kind === KIND.bigint) return bytes.readBigInt64LE();
  return kind === KIND.string ? bytes.toString() : Buffer.from(bytes);
}

/**
 * A list of fixed length in shared memory. Items may be replaced by ones of other types, as long as they fit the room that
 * the first ones took (8 bytes at least). One process's write is not atomic for another's read: lock where that matters.
 */
export class ShareableList implements Iterable<ShareableValue> {
  readonly shm: SharedMemory;
  readonly length: number;

  /**
   * From items, none where nothing is given; or (with `name` alone) the list that another process made.
   * @throws TypeMismatch for what is no list of values, ValueError and FileNotFoundError for a name that has no list
   */
  constructor(items?: Iterable<ShareableValue>, options?: ListOptions);
  constructor(...given: [items?: Iterable<ShareableValue>, options?: ListOptions]) {
    const [items, second = {}] = atMost(2, given, 'new ShareableList(items, { name })');
    const { options, manager } = ofManager.received(second) ?? { options: optionsOf(second), manager: '' };
    const encoded = items === undefined && options.name !== undefined ? undefined : encodeAll(items ?? []);
    this.shm =
      encoded === undefined
        ? new SharedMemory({ name: options.name })
        : new SharedMemory(
            managed.pass({ options: { name: options.name, create: true, size: sizeOf(encoded) }, manager }),
          );
    if (encoded !== undefined) fill(this.#bytes, encoded);
    else if (this.shm.size < HEAD || this.#bytes.readUInt32LE(0) !== MAGIC) {
      throw new ValueError(`the shared memory segment "${this.shm.name}" holds no ShareableList`);
    }
    this.length = this.#bytes.readUInt32LE(4);
  }

  /** Negative indices count from the end. @throws IndexError */
  get(index: number): ShareableValue {
    const { bytes, offset, kind, used } = this.#item(index);
    return decode(kind, bytes.subarray(offset, offset + used));
  }

  /** @throws IndexError, ValueError when the value does not fit the item's room: then nothing changes */
  set(index: number, value: ShareableValue): void {
    const { bytes, row, offset, room } = this.#item(index);
    const encoded = encode(value);
    if (encoded.bytes.length > room) {
      throw new ValueError(`${encoded.bytes.length} bytes exceed the item's room of ${room}`);
    }
    encoded.bytes.copy(bytes, offset);
    bytes.writeUInt32LE(encoded.kind, row + 8);
    bytes.writeUInt32LE(encoded.bytes.length, row + 12);
  }

  /** How often the value is in the list. */
  count(value: ShareableValue): number {
    return [...this].filter((item) => same(item, value)).length;
  }

  /** Where the value is first. @throws ValueError when it is not in the list */
  index(value: ShareableValue): number {
    const found = [...this].findIndex((item) => same(item, value));
    if (found < 0) throw new ValueError(`${inspect(value)} is not in this list`);
    return found;
  }

  *[Symbol.iterator](): Generator<ShareableValue, void, void> {
    for (let i = 0; i < this.length; i++) yield this.get(i);
  }

  /** A list of its own, with the same items, in a new segment. */
  copy(options: { readonly name?: string } = {}): ShareableList {
    return new ShareableList(this, options);
  }

  get #bytes(): Buffer {
    const { buf } = this.shm;
    if (buf === null) throw new ValueError('the list is closed');
    return buf;
  }

  #item(index: number) {
    const bytes = this.#bytes;
    const place = index < 0 ? index + this.length : index;
    if (!Number.isInteger(place) || place < 0 || place >= this.length) {
      throw new IndexError(`index ${index} is out of range (length ${this.length})`);
    }
    const row = HEAD + place * ROW;
    const [offset, room, kind, used] = [0, 4, 8, 12].map((field) => bytes.readUInt32LE(row + field)) as [
      number,
      number,
      number,
      number,
    ];
    return { bytes, row, offset, room, kind, used };
  }

  [inspect.custom](): string {
    return `ShareableList(${inspect([...this])}, name='${this.shm.name}')`;
  }
}

function roomFor({ bytes }: Encoded): number {
  return Math.max(ALIGN, Math.ceil(bytes.length / ALIGN) * ALIGN);
}

function sizeOf(items: readonly Encoded[]): number {
  return items.reduce((sum, item) => sum + ROW + roomFor(item), HEAD);
}

function fill(into: Buffer, items: readonly Encoded[]): void {
  let offset = HEAD + items.length * ROW;
  for (const [i, item] of items.entries()) {
    const row = [offset, roomFor(item), item.kind, item.bytes.length];
    for (const [field, value] of row.entries()) into.writeUInt32LE(value, HEAD + i * ROW + field * 4);
    item.bytes.copy(into, offset);
    offset += roomFor(item);
  }
  into.writeUInt32LE(items.length, 4);
  into.writeUInt32LE(MAGIC, 0);
}

function same(a: ShareableValue, b: ShareableValue): boolean {
  return a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) === 0 : Object.is(a, b);
}

function openList([name]: readonly unknown[]): ShareableList {
  return new ShareableList(undefined, { name: name as string });
}

registerHandle<ShareableList>(ShareableList.prototype, {
  id: 'shareableList',
  toWire: (list) => ({ fields: [list.shm.name], blocks: [] }),
  fromWire: openList,
  fromPeer: openList,
});
