/**
 * Queues within one process, as Python's module `queue`: exported as the namespace `queue`. For queues between processes
 * see `Queue` in queue.ts.
 */

import { inspect } from 'node:util';
import { atMost, Internal } from '../../core/arguments/internal.ts';
import { type AsyncWaitOptions, patience } from '../../core/arguments/options.ts';
import { Empty, Full, TypeMismatch, ValueError } from '../../core/errors/errors.ts';
import { refuseTransfer } from '../../core/handles/not-transferable.ts';
import { clampTimer } from '../../core/waits/blocking.ts';
import { Listeners } from '../../core/waits/listeners.ts';

/** How items lie in a queue. */
interface Store<T> {
  readonly size: number;
  push(item: T): void;
  pop(): T;
}

class FifoStore<T> implements Store<T> {
  #items: T[] = [];
  #head = 0;
  get size(): number {
    return this.#items.length - this.#head;
  }
  push(item: T): void {
    this.#items.push(item);
  }
  pop(): T {
    const item = this.#items[this.#head] as T;
    this.#head++;
    // Moving the rest down at each pop would make a long queue quadratic.
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}

class LifoStore<T> implements Store<T> {
  readonly #items: T[] = [];
  get size(): number {
    return this.#items.length;
  }
  push(item: T): void {
    this.#items.push(item);
  }
  pop(): T {
    return this.#items.pop() as T;
  }
}

/** A binary heap, smallest first; equal items in the order in which they came. */
class HeapStore<T> implements Store<T> {
  readonly #heap: { item: T; order: number }[] = [];
  readonly #compare: Compare<T>;
  #pushed = 0;

  constructor(compare: Compare<T>) {
    this.#compare = compare;
  }
  get size(): number {
    return this.#heap.length;
  }
  push(item: T): void {
    this.#heap.push({ item, order: this.#pushed++ });
    let child = this.#heap.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#before(child, parent)) return;
      this.#swap(child, parent);
      child = parent;
    }
  }
  pop(): T {
    const heap = this.#heap;
    this.#swap(0, heap.length - 1);
    const { item } = heap.pop() as { item: T };
    let parent = 0;
    for (;;) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2])
        if (child < heap.length && this.#before(child, least)) least = child;
      if (least === parent) return item;
      this.#swap(parent, least);
      parent = least;
    }
  }
  #before(a: number, b: number): boolean {
    const x = this.#heap[a]!;
    const y = this.#heap[b]!;
    const order = this.#compare(x.item, y.item);
    return order < 0 || (order === 0 && x.order < y.order);
  }
  #swap(a: number, b: number): void {
    const heap = this.#heap;
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  }
}

type Compare<T> = (a: T, b: T) => number;

interface Waiter {
  /** True when it could go on. */
  attempt(): boolean;
}

interface Parts<T> {
  readonly maxsize: number;
  readonly store: Store<T>;
}
/** In the place of a queue's size: it, and how the queue's items lie. */
const stored = new Internal<Parts<unknown>>();

/** First in, first out, between the tasks of one process. */
export class Queue<T = unknown> implements AsyncIterable<T> {
  readonly maxsize: number;
  readonly #store: Store<T>;
  readonly #getters: Waiter[] = [];
  readonly #putters: Waiter[] = [];
  readonly #joiners = new Listeners();
  #unfinished = 0;

  /** @param maxsize most items; 0 or less: any number. @throws ValueError for what is no whole number */
  constructor(maxsize?: number);
  constructor(...given: [maxsize?: number]) {
    const [first = 0] = atMost(1, given, 'new queue.Queue(maxsize)');
    const special = stored.received(first) as Parts<T> | undefined;
    const { maxsize, store } = special ?? { maxsize: first, store: new FifoStore<T>() };
    if (!Number.isInteger(maxsize))
      throw new ValueError(`maxsize is a whole number, not ${inspect(maxsize)}`);
    this.maxsize = Math.max(0, maxsize);
    this.#store = store;
  }

  /** Adds an item when there is room. Rejects with Full when `timeout` (seconds) has passed or with `block: false`. */
  async put(item: T, options?: AsyncWaitOptions): Promise<void> {
    const attempt = (): boolean => {
      if (this.full()) return false;
      this.#store.push(item);
      this.#unfinished++;
      return true;
    };
    if (!(await this.#until(attempt, this.#putters, options))) throw new Full('the queue is full');
    this.#serve(this.#getters);
  }

  /** Takes an item when there is one. Rejects with Empty when `timeout` (seconds) has passed or with `block: false`. */
  async get(options?: AsyncWaitOptions): Promise<T> {
    let item: T | undefined;
    const attempt = (): boolean => {
      if (this.empty()) return false;
      item = this.#store.pop();
      return true;
    };
    if (!(await this.#until(attempt, this.#getters, options))) throw new Empty('the queue is empty');
    this.#serve(this.#putters);
    return item as T;
  }

  /** Adds an item or throws Full, at once. */
  putNowait(item: T): void {
    if (this.full()) throw new Full('the queue is full');
    this.#store.push(item);
    this.#unfinished++;
    this.#serve(this.#getters);
  }

  /** Takes an item or throws Empty, at once. */
  getNowait(): T {
    if (this.empty()) throw new Empty('the queue is empty');
    const item = this.#store.pop();
    this.#serve(this.#putters);
    return item;
  }

  qsize(): number {
    return this.#store.size;
  }
  empty(): boolean {
    return this.#store.size === 0;
  }
  full(): boolean {
    return this.maxsize > 0 && this.#store.size >= this.maxsize;
  }

  /** Reports one item done. @throws ValueError when called more often than items were put */
  taskDone(): void {
    if (this.#unfinished === 0) throw new ValueError('taskDone() called too many times');
    this.#unfinished--;
    if (this.#unfinished === 0) this.#joiners.tell();
  }

  /** Waits until every item that was put is done; resolves to false when `timeout` (seconds) has passed before. */
  async join(options?: AsyncWaitOptions): Promise<boolean> {
    options?.signal?.throwIfAborted();
    return this.#unfinished === 0 || (await this.#joiners.wait(patience(options), options?.signal));
  }

  /** Items as they come, for ever. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, never, void> {
    for (;;) yield await this.get();
  }

  #serve(waiters: Waiter[]): void {
    while (waiters.length > 0 && waiters[0]!.attempt()) waiters.shift();
  }

  #until(
    attempt: () => boolean,
    line: Waiter[],
    options: AsyncWaitOptions | undefined,
  ): Promise<boolean> | boolean {
    options?.signal?.throwIfAborted();
    const timeout = patience(options);
    if (line.length === 0 && attempt()) return true;
    if (timeout <= 0) return false;
    return new Promise((resolve, reject) => {
      const { signal } = options ?? {};
      const finish = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
      const waiter: Waiter = {
        attempt() {
          if (!attempt()) return false;
          finish();
          resolve(true);
          return true;
        },
      };
      const leave = (): void => {
        finish();
        line.splice(line.indexOf(waiter), 1);
      };
      const abort = (): void => {
        leave();
        reject(signal?.reason);
      };
      const timer =
        timeout === Number.POSITIVE_INFINITY ? undefined : setTimeout(expire, clampTimer(timeout));
      function expire(): void {
        leave();
        resolve(false);
      }
      signal?.addEventListener('abort', abort, { once: true });
      line.push(waiter);
    });
  }
}

/** Last in, first out. */
export class LifoQueue<T = unknown> extends Queue<T> {
  /** @param maxsize most items; 0 or less: any number. @throws ValueError for what is no whole number */
  constructor(maxsize?: number);
  constructor(...given: [maxsize?: number]) {
    const [maxsize = 0] = atMost(1, given, 'new LifoQueue(maxsize)');
    super(stored.pass({ maxsize, store: new LifoStore<unknown>() }));
  }
}

/** Smallest first. Arrays are compared item by item, as Python's tuples; anything else by `<`. */
export class PriorityQueue<T = unknown> extends Queue<T> {
  /** @throws ValueError for a size that is no whole number, TypeMismatch for what cannot compare */
  constructor(maxsize?: number, compare?: Compare<T>);
  constructor(...given: [maxsize?: number, compare?: Compare<T>]) {
    const [maxsize = 0, compare = comparePythonic] = atMost(2, given, 'new PriorityQueue(maxsize, compare)');
    if (typeof compare !== 'function')
      throw new TypeMismatch(`compare is a function (a, b) => number, not ${inspect(compare)}`);
    super(stored.pass({ maxsize, store: new HeapStore<unknown>(compare as Compare<unknown>) }));
  }
}

function comparePythonic(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const order = comparePythonic(a[i], b[i]);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  const [x, y] = [a as number, b as number];
  return x < y ? -1 : x > y ? 1 : 0;
}

export { Empty, Full };

// As in Python, whose tutorials show this very TypeError.
refuseTransfer(Queue.prototype, 'queue.Queue', "it belongs to one process; use forkscope's Queue", TypeError);
