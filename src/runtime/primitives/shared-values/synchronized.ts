import { Internal } from '../../core/arguments/internal.ts';
import { AssertionError, AttributeError } from '../../core/errors/errors.ts';
import { ofResource, openResourceFields, resourceFields, resourceOf } from '../../core/handles/handle.ts';
import { registerHandle } from '../../core/handles/transfer.ts';
import { Lock } from '../sync/lock.ts';
import { RLock } from '../sync/rlock.ts';
import { liveStruct } from './live.ts';
import { type ArrayInit, RawArray, RawCell, RawCells, RawValue } from './raw.ts';
import type { ElementType, ElementValue, Schema } from './types.ts';

/** The lock of shared data: a new RLock (`true`, the default), one that exists, or none (`false`: then it is raw). */
export interface SharedOptions {
  readonly lock?: boolean | Lock | RLock;
}

const synchronized = new Internal<{ readonly data: object; readonly lock: Lock | RLock }>();

/** Shared data with a lock of its own. Every read and write takes it; a read and a write together need `getLock()`. */
class Synchronized<D extends RawCell<ElementType> | RawCells<ElementType>> {
  readonly #data: D;
  readonly #lock: Lock | RLock;

  /** @internal */
  constructor(parts: never, origin: string) {
    const { data, lock } = synchronized.expect(parts, origin);
    this.#data = data as D;
    this.#lock = lock;
  }

  /** The lock, to make several steps one: `await v.getLock().with(() => { v.value += 1; })`. */
  getLock(): Lock | RLock {
    return this.#lock;
  }

  /** The data without the lock. */
  getObj(): D {
    return this.#data;
  }

  close(): void {
    this.#data.close();
    this.#lock.close();
  }

  /** Blocks the thread for as long as somebody else holds the lock; inside `getLock().with` it is the holder's own. @internal */
  protected locked<T>(body: () => T): T {
    const lock = this.#lock;
    // Blocked, this thread could never run the task that would release it.
    if (lock instanceof RLock && lock.isHeldByOtherTask) {
      throw new AssertionError(
        'another task of this thread holds the lock of this data: use await getLock().with(() => …)',
      );
    }
    // A plain Lock is not recursive: whoever holds it through getLock() uses getObj(), as in Python.
    return lock.withSync(body);
  }
}

/** A value and its lock. Made by {@link Value}. */
export class SynchronizedValue<E extends ElementType> extends Synchronized<RawCell<E>> {
  readonly #fields: object | undefined;

  private constructor(parts: never) {
    super(parts, 'a SynchronizedValue comes from Value()');
    const data = this.getObj();
    if (typeof data.type === 'string') return;
    const { buffer, byteOffset, byteLength } = data.bytes;
    const view = new DataView(buffer, byteOffset, byteLength);
    this.#fields = liveStruct(data.type as Schema, view, (body) => this.locked(body));
  }

  /** @internal */
  static of<E extends ElementType>(data: RawCell<E>, lock: Lock | RLock): SynchronizedValue<E> {
    return new SynchronizedValue(synchronized.pass({ data, lock }));
  }

  /** Of a structure: an object each of whose fields takes the lock for one read or one write. */
  get value(): ElementValue<E> {
    return this.#fields === undefined
      ? this.locked(() => this.getObj().value)
      : (this.#fields as unknown as ElementValue<E>);
  }
  set value(value: ElementValue<E>) {
    this.locked(() => {
      this.getObj().value = value;
    });
  }
}

/** An array and its lock. Made by {@link SharedArray}. */
export class SynchronizedArray<E extends ElementType> extends Synchronized<RawCells<E>> {
  private constructor(parts: never) {
    super(parts, 'a SynchronizedArray comes from SharedArray()');
  }

  /** @internal */
  static of<E extends ElementType>(data: RawCells<E>, lock: Lock | RLock): SynchronizedArray<E> {
    return new SynchronizedArray(synchronized.pass({ data, lock }));
  }

  get length(): number {
    return this.getObj().length;
  }
  get(index: number): ElementValue<E> {
    return this.locked(() => this.getObj().get(index));
  }
  set(index: number, value: ElementValue<E>): void {
    this.locked(() => this.getObj().set(index, value));
  }
  slice(start?: number, end?: number): ElementValue<E>[] {
    return this.locked(() => this.getObj().slice(start, end));
  }
  setSlice(start: number, end: number, values: Iterable<ElementValue<E>>): void {
    this.locked(() => this.getObj().setSlice(start, end, values));
  }
  [Symbol.iterator](): Iterator<ElementValue<E>> {
    return this.slice()[Symbol.iterator]();
  }
  get raw(): Buffer {
    return this.locked(() => this.getObj().raw);
  }
  set raw(bytes: Uint8Array) {
    this.locked(() => {
      this.getObj().raw = bytes;
    });
  }
  get value(): Buffer {
    return this.locked(() => this.getObj().value);
  }
  set value(value: Uint8Array | string) {
    this.locked(() => {
      this.getObj().value = value;
    });
  }
}

/** @throws AttributeError for something that is no lock */
function lockFrom(lock: unknown): Lock | RLock | undefined {
  if (lock === undefined || lock === true) return new RLock();
  if (lock === false) return undefined;
  if (lock instanceof Lock || lock instanceof RLock) return lock;
  throw new AttributeError(`${String(lock)} has no method acquire: lock is true, false, a Lock or an RLock`);
}

/**
 * A value of a C type (`'i'`, `'d'` …) or a structure (`{ x: 'd', y: 'd' }`) that processes share, with a lock.
 * `v.value += 1` is a read and a write, and loses updates without `getLock()`.
 */
export function Value<E extends ElementType>(
  type: E,
  initial: ElementValue<E> | undefined,
  options: { lock: false },
): RawCell<E>;
export function Value<E extends ElementType>(
  type: E,
  initial?: ElementValue<E>,
  options?: SharedOptions,
): SynchronizedValue<E>;
export function Value<E extends ElementType>(
  type: E,
  initial?: ElementValue<E>,
  options: SharedOptions = {},
): SynchronizedValue<E> | RawCell<E> {
  const lock = lockFrom(options.lock);
  const cell = RawValue(type, initial);
  return lock === undefined ? cell : SynchronizedValue.of(cell, lock);
}

/** An array that processes share, with a lock; exported as `Array` too. `init`: its length, or its elements. */
export function SharedArray<E extends ElementType>(
  type: E,
  init: ArrayInit<E>,
  options: { lock: false },
): RawCells<E>;
export function SharedArray<E extends ElementType>(
  type: E,
  init: ArrayInit<E>,
  options?: SharedOptions,
): SynchronizedArray<E>;
export function SharedArray<E extends ElementType>(
  type: E,
  init: ArrayInit<E>,
  options: SharedOptions = {},
): SynchronizedArray<E> | RawCells<E> {
  const lock = lockFrom(options.lock);
  const cells = RawArray(type, init);
  return lock === undefined ? cells : SynchronizedArray.of(cells, lock);
}

function lockWire(lock: Lock | RLock): readonly unknown[] {
  return [lock instanceof RLock ? 'rlock' : 'lock', resourceFields(resourceOf(lock))];
}
function lockFromWire(wire: unknown): Lock | RLock {
  const [kind, fields] = wire as ['rlock' | 'lock', readonly unknown[]];
  const resource = ofResource.pass<object>(openResourceFields(fields, kind));
  return kind === 'rlock' ? new RLock(resource) : new Lock(resource);
}

registerHandle<SynchronizedValue<ElementType>>(SynchronizedValue.prototype, {
  id: 'sharedValue',
  toWire(value) {
    const resource = resourceOf(value.getObj());
    const blocks = [resource.at, resourceOf(value.getLock()).at];
    return { fields: [value.getObj().type, resourceFields(resource), lockWire(value.getLock())], blocks };
  },
  fromWire([type, fields, lock]) {
    const resource = openResourceFields(fields as readonly unknown[], 'value');
    return SynchronizedValue.of(RawCell.of(type as ElementType, resource), lockFromWire(lock));
  },
});
registerHandle<SynchronizedArray<ElementType>>(SynchronizedArray.prototype, {
  id: 'sharedArray',
  toWire(array) {
    const cells = array.getObj();
    const resource = resourceOf(cells);
    const blocks = [resource.at, resourceOf(array.getLock()).at];
    return {
      fields: [cells.type, cells.length, resourceFields(resource), lockWire(array.getLock())],
      blocks,
    };
  },
  fromWire([type, length, fields, lock]) {
    const resource = openResourceFields(fields as readonly unknown[], 'value');
    return SynchronizedArray.of(
      RawCells.of(type as ElementType, length as number, resource),
      lockFromWire(lock),
    );
  },
});
