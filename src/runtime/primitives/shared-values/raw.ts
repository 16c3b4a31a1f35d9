import { BLOCK } from '../../../shm/layout.ts';
import { Internal } from '../../core/arguments/internal.ts';
import { IndexError, ValueError } from '../../core/errors/errors.ts';
import { Handle, openResourceFields, resourceFields, resourceOf } from '../../core/handles/handle.ts';
import { BOTH, createResource, type HeldResource, type Shape } from '../../core/handles/held-resource.ts';
import { registerHandle } from '../../core/handles/transfer.ts';
import { type Access, defineFields, liveStruct } from './live.ts';
import { type Element, type ElementType, type ElementValue, elementOf, type Schema } from './types.ts';

/** Up to so many bytes lie in the block itself, which is always mapped; more get an extent of their own. */
const IN_BLOCK = 16 * 1024;
const MOST_BYTES = 2 ** 31;

/** Elements of shared memory, without any lock. */
abstract class RawData<E extends ElementType> extends Handle {
  readonly type: E;
  /** @internal */
  protected readonly element: Element<E>;
  /** @internal */
  protected readonly view: DataView;

  /** @internal */
  constructor(type: E, length: number, resource: HeldResource | undefined) {
    const element = elementOf(type);
    const own = resource ?? allocate(element.bytes * length, length);
    super(own, BOTH);
    this.type = type;
    this.element = element;
    this.view = bytesOf(own, element.bytes * length);
  }

  /** The memory itself: for typed arrays over it and for Atomics. */
  get bytes(): Uint8Array {
    this.resource;
    return new Uint8Array(this.view.buffer, this.view.byteOffset, this.view.byteLength);
  }
}

function allocate(bytes: number, length: number): HeldResource {
  if (bytes > MOST_BYTES) throw new ValueError(`${bytes} bytes of shared data are more than ${MOST_BYTES}`);
  const words = bytes > IN_BLOCK ? 1 : Math.ceil(bytes / 4);
  const shape: Shape = { kind: 'value', words, waitPoints: 0, waitPointCount: 0 };
  return createResource(shape, { name: undefined, capacity: length }, (content, memory) => {
    if (bytes <= IN_BLOCK) return;
    const extent = memory.allocator.extent(bytes);
    memory.words[content - BLOCK.content + BLOCK.extentA] = extent.id + 1;
    // Extents are reused as they are.
    new Uint8Array(memory.allocator.mapping(extent.id).buffer).fill(0);
  });
}

function bytesOf(resource: HeldResource, bytes: number): DataView {
  const { memory } = resource;
  if (bytes <= IN_BLOCK)
    return new DataView(memory.words.buffer, memory.words.byteOffset + resource.content * 4, bytes);
  const extent = (memory.words[resource.at + BLOCK.extentA] ?? 1) - 1;
  return new DataView(memory.allocator.mapping(extent).buffer, 0, bytes);
}

interface CellParts {
  readonly type: ElementType;
  /** The resource, where it exists. */
  readonly resource: HeldResource | undefined;
}
const cellParts = new Internal<CellParts>();
const cellsParts = new Internal<CellParts & { readonly length: number }>();

/** One value of a C type or a structure in shared memory. Made by {@link RawValue}. */
export class RawCell<E extends ElementType> extends RawData<E> {
  readonly #fields: object | undefined;

  private constructor(parts: never) {
    const { type, resource } = cellParts.expect(parts, 'a RawCell comes from RawValue()');
    super(type as E, 1, resource);
    if (typeof type === 'string') return;
    const access: Access = (body) => {
      this.resource;
      return body();
    };
    defineFields(this, type as Schema, this.view, access);
    this.#fields = liveStruct(type as Schema, this.view, access);
  }

  /** @internal */
  static of<E extends ElementType>(type: E, resource?: HeldResource): RawCell<E> {
    return new RawCell(cellParts.pass({ type, resource }));
  }

  /** Of a structure: an object whose fields are the memory's, so that `value.x += 1` writes there. */
  get value(): ElementValue<E> {
    this.resource;
    return this.#fields === undefined
      ? this.element.read(this.view, 0)
      : (this.#fields as unknown as ElementValue<E>);
  }
  set value(value: ElementValue<E>) {
    this.resource;
    this.element.write(this.view, 0, value);
  }

  /** A value of its own with the same content. */
  copy(): RawCell<E> {
    const copy = RawCell.of(this.type);
    copy.bytes.set(this.bytes);
    return copy;
  }
}

/** A fixed number of elements in shared memory. Made by {@link RawArray}. */
export class RawCells<E extends ElementType> extends RawData<E> implements Iterable<ElementValue<E>> {
  readonly length: number;

  private constructor(parts: never) {
    const { type, length, resource } = cellsParts.expect(parts, 'RawCells come from RawArray()');
    super(type as E, length, resource);
    this.length = length;
  }

  /** @internal */
  static of<E extends ElementType>(type: E, length: number, resource?: HeldResource): RawCells<E> {
    return new RawCells(cellsParts.pass({ type, length, resource }));
  }

  /** Negative indices count from the end; of a structure, a copy. @throws IndexError */
  get(index: number): ElementValue<E> {
    return this.element.read(this.view, this.#offset(index));
  }

  set(index: number, value: ElementValue<E>): void {
    this.element.write(this.view, this.#offset(index), value);
  }

  /** Elements from `start` to before `end`, as Python's slices. */
  slice(start = 0, end = this.length): ElementValue<E>[] {
    const [from, to] = this.#range(start, end);
    const values: ElementValue<E>[] = [];
    for (let i = from; i < to; i++) values.push(this.element.read(this.view, i * this.element.bytes));
    return values;
  }

  /** Writes as many elements as the slice has. @throws ValueError when there are more or fewer */
  setSlice(start: number, end: number, values: Iterable<ElementValue<E>>): void {
    const [from, to] = this.#range(start, end);
    const all = [...values];
    if (all.length !== to - from)
      throw new ValueError(`can only assign a sequence of ${to - from} elements, not ${all.length}`);
    for (const [i, value] of all.entries())
      this.element.write(this.view, (from + i) * this.element.bytes, value);
  }

  *[Symbol.iterator](): Generator<ElementValue<E>, void, void> {
    for (let i = 0; i < this.length; i++) yield this.get(i);
  }

  /** An array of its own with the same content. */
  copy(): RawCells<E> {
    const copy = RawCells.of(this.type, this.length);
    copy.bytes.set(this.bytes);
    return copy;
  }

  /** All bytes of an array of `c`. */
  get raw(): Buffer {
    return Buffer.from(this.bytes);
  }
  set raw(bytes: Uint8Array) {
    if (bytes.length > this.bytes.length) throw new ValueError('byte string too long');
    this.bytes.set(bytes);
  }

  /** The bytes of an array of `c` up to the first zero; a string is written as UTF-8 and ended by a zero if there is room. */
  get value(): Buffer {
    const bytes = this.raw;
    const end = bytes.indexOf(0);
    return end < 0 ? bytes : bytes.subarray(0, end);
  }
  set value(value: Uint8Array | string) {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    if (bytes.length > this.bytes.length) throw new ValueError('byte string too long');
    this.bytes.set(bytes);
    if (bytes.length < this.bytes.length) this.bytes[bytes.length] = 0;
  }

  #range(start: number, end: number): [from: number, to: number] {
    this.resource;
    const place = (i: number): number => Math.min(Math.max(i < 0 ? i + this.length : i, 0), this.length);
    const from = place(start);
    return [from, Math.max(from, place(end))];
  }

  #offset(index: number): number {
    this.resource;
    const place = index < 0 ? index + this.length : index;
    if (!Number.isInteger(place) || place < 0 || place >= this.length) {
      throw new IndexError(`index ${index} is out of range (length ${this.length})`);
    }
    return place * this.element.bytes;
  }
}

/** A value in shared memory without a lock: `value += 1` in two processes loses updates. */
export function RawValue<E extends ElementType>(type: E, initial?: ElementValue<E>): RawCell<E> {
  const cell = RawCell.of(type);
  if (initial !== undefined) cell.value = initial;
  return cell;
}

/** An array's length, or its elements; those of a `c` array are bytes, or a string's in UTF-8. */
export type ArrayInit<E extends ElementType> =
  | number
  | Iterable<ElementValue<E>>
  | (E extends 'c' ? string | Uint8Array : never);

/** Elements in shared memory without a lock: `init` is their number (then they are zero) or what they are. */
export function RawArray<E extends ElementType>(type: E, init: ArrayInit<E>): RawCells<E> {
  if (typeof init === 'number') {
    if (!Number.isInteger(init) || init < 0)
      throw new ValueError(`an array's length is a whole number from 0, not ${init}`);
    return RawCells.of(type, init);
  }
  const isBytes = typeof init === 'string' || (type === 'c' && (init as unknown) instanceof Uint8Array);
  const values = isBytes
    ? [...Buffer.from(init as string)].map((byte) => Buffer.from([byte]))
    : [...(init as Iterable<ElementValue<E>>)];
  const cells = RawCells.of(type, values.length);
  cells.setSlice(0, values.length, values as ElementValue<E>[]);
  return cells;
}

registerHandle<RawCell<ElementType>>(RawCell.prototype, {
  id: 'rawValue',
  toWire(cell) {
    const resource = resourceOf(cell);
    return { fields: [cell.type, ...resourceFields(resource)], blocks: [resource.at] };
  },
  fromWire: ([type, ...fields]) => RawCell.of(type as ElementType, openResourceFields(fields, 'value')),
});
registerHandle<RawCells<ElementType>>(RawCells.prototype, {
  id: 'rawArray',
  toWire(cells) {
    const resource = resourceOf(cells);
    return { fields: [cells.type, cells.length, ...resourceFields(resource)], blocks: [resource.at] };
  },
  fromWire: ([type, length, ...fields]) =>
    RawCells.of(type as ElementType, length as number, openResourceFields(fields, 'value')),
});
