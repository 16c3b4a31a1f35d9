import { AssertionError, AttributeError } from '../../core/errors/errors.ts';
import { coreFields, coreOf, openFields, registerHandle } from '../../core/handles/handles.ts';
import { Lock } from '../sync/lock.ts';
import { RLock } from '../sync/rlock.ts';
import { liveStruct } from './live.ts';
import {
  type ArrayInit,
  RawArray,
  type RawCell,
  RawCell as RawCellClass,
  RawCells,
  RawValue,
} from './raw.ts';
import type { ElementType, ElementValue, Schema } from './types.ts';

/** The lock of shared data: a new RLock (`true`, the default), one that exists, or none (`false`: then it is raw). */
export interface SharedOptions {
  readonly lock?: boolean | Lock | RLock;
}

/** Shared data with a lock of its own. Every read and write takes it; a read and a write together need `getLock()`. */
class Synchronized<D extends RawCell<ElementType> | RawCells<ElementType>> {
  readonly #data: D;
  readonly #lock: Lock | RLock;

  constructor(data: D, lock: Lock | RLock) {
    this.#data = data;
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

  /** Blocks the thread for as long as somebody else holds the lock; inside `getLock().with` it is the holder's own. */
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

  constructor(data: RawCell<E>, lock: Lock | RLock) {
    super(data, lock);
    if (typeof data.type === 'string') return;
    const { buffer, byteOffset, byteLength } = data.bytes;
    const view = new DataView(buffer, byteOffset, byteLength);
    this.#fields = liveStruct(data.type as Schema, view, (body) => this.locked(body));
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
  return lock === undefined ? cell : new SynchronizedValue(cell, lock);
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
  return lock === undefined ? cells : new SynchronizedArray(cells, lock);
}

function lockWire(lock: Lock | RLock): readonly unknown[] {
  return [lock instanceof RLock ? 'rlock' : 'lock', coreFields(coreOf(lock))];
}
function lockFromWire(wire: unknown): Lock | RLock {
  const [kind, fields] = wire as ['rlock' | 'lock', readonly unknown[]];
  return kind === 'rlock' ? new RLock({}, openFields(fields, kind)) : new Lock({}, openFields(fields, kind));
}

registerHandle<SynchronizedValue<ElementType>>(SynchronizedValue.prototype, {
  id: 'sharedValue',
  toWire(value) {
    const core = coreOf(value.getObj());
    const blocks = [core.at, coreOf(value.getLock()).at];
    return { fields: [value.getObj().type, coreFields(core), lockWire(value.getLock())], blocks };
  },
  fromWire([type, fields, lock]) {
    const core = openFields(fields as readonly unknown[], 'value');
    return new SynchronizedValue(new RawCellClass(type as ElementType, core), lockFromWire(lock));
  },
});
registerHandle<SynchronizedArray<ElementType>>(SynchronizedArray.prototype, {
  id: 'sharedArray',
  toWire(array) {
    const cells = array.getObj();
    const core = coreOf(cells);
    const blocks = [core.at, coreOf(array.getLock()).at];
    return { fields: [cells.type, cells.length, coreFields(core), lockWire(array.getLock())], blocks };
  },
  fromWire([type, length, fields, lock]) {
    const core = openFields(fields as readonly unknown[], 'value');
    return new SynchronizedArray(
      new RawCells(type as ElementType, length as number, core),
      lockFromWire(lock),
    );
  },
});
