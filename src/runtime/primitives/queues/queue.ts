import { atMost } from '../../core/arguments/internal.ts';
import { type AsyncWaitOptions, numberOr, patience, type WaitOptions } from '../../core/arguments/options.ts';
import { AssertionError, Empty, Full, ValueError } from '../../core/errors/errors.ts';
import { checkName, Handle, ofResource, registerSingle } from '../../core/handles/handle.ts';
import { BOTH, createResource, type HeldResource } from '../../core/handles/held-resource.ts';
import { encodeMessage, Messages, readValue } from '../../core/messages/messages.ts';
import { FORM, Ring, ringShape } from '../../core/messages/ring.ts';
import { PENDING } from '../../core/waits/blocking.ts';

export interface QueueOptions {
  /** Most items that it holds; 0 or less: as many as memory does. */
  readonly maxsize?: number;
  readonly name?: string;
}

/** The kinds that share this class's memory. */
export type QueueKind = 'queue' | 'joinableQueue';

/**
 * A first-in, first-out queue between processes. `put` serialises at once and rejects what cannot be serialised; an item
 * is in shared memory when `put` resolves, so a producer may end or die then and nothing is lost.
 */
export class Queue<T = unknown> extends Handle implements AsyncIterable<T> {
  /** @internal */
  protected readonly messages: Messages;

  /** @throws ValueError for a wrong size, TypeMismatch for what is no options */
  constructor(options?: number | QueueOptions);
  constructor(...given: [options?: number | QueueOptions]) {
    const [options = {}] = atMost(1, given, 'new Queue({ maxsize, name })');
    const own = ofResource.received(options) ?? createQueue('queue', options);
    super(own, BOTH);
    this.messages = new Messages(own, 'ignored');
  }

  /** Most items; 0: unbounded. */
  get maxsize(): number {
    return this.resource.info.capacity;
  }

  /** Adds an item, when there is room. Rejects with Full when `timeout` (seconds) has passed or with `block: false`. */
  async put(item: T, options?: AsyncWaitOptions): Promise<void> {
    const limit = patience(options);
    options?.signal?.throwIfAborted();
    const message = encodeMessage(item, this.resource.info);
    if (this.messages.sendNow(message, FORM.value, false, limit <= 0)) return;
    const sent = await this.messages.sendLater(message, FORM.value, limit, options?.signal);
    if (sent === PENDING) throw new Full('the queue is full');
  }

  /** Adds an item, blocking the thread while there is no room. */
  putSync(item: T, options?: WaitOptions): void {
    const message = encodeMessage(item, this.resource.info);
    if (this.messages.sendSync(message, FORM.value, patience(options)) === PENDING)
      throw new Full('the queue is full');
  }

  /** Adds an item or throws Full, at once. */
  putNowait(item: T): void {
    this.putSync(item, { block: false });
  }

  /** Takes the oldest item, when there is one. Rejects with Empty when `timeout` (seconds) has passed or with `block: false`. */
  async get(options?: AsyncWaitOptions): Promise<T> {
    this.resource;
    const limit = patience(options);
    options?.signal?.throwIfAborted();
    const now = this.messages.receiveNow(readValue, false);
    if (now !== PENDING) return now as T;
    const item = await this.messages.receiveLater(readValue, limit, options?.signal);
    if (item === PENDING) throw new Empty('the queue is empty');
    return item as T;
  }

  /** Takes an item, blocking the thread while there is none. */
  getSync(options?: WaitOptions): T {
    this.resource;
    const item = this.messages.receiveSync(readValue, patience(options));
    if (item === PENDING) throw new Empty('the queue is empty');
    return item as T;
  }

  /** Takes an item or throws Empty, at once. */
  getNowait(): T {
    return this.getSync({ block: false });
  }

  /** Items in the queue at this moment; others may change it before the caller looks. */
  qsize(): number {
    this.resource;
    return this.messages.ring.count;
  }

  empty(): boolean {
    return this.qsize() === 0;
  }

  full(): boolean {
    const most = this.maxsize;
    return most > 0 && this.qsize() >= most;
  }

  /**
   * Python waits here until its feeder thread has sent what was put. An item is in shared memory when `put` resolves, so
   * nothing is left to wait for. Rejects with AssertionError before `close`.
   */
  async joinThread(): Promise<void> {
    if (!this.closed) throw new AssertionError('the queue is still open: close() it before joinThread()');
  }

  /** Python lets a process end here before its items are sent. None are ever unsent, so this changes nothing. */
  cancelJoinThread(): void {}

  /** Items as they come, for ever: end the loop with `break`, or by a value that says so. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, never, void> {
    for (;;) yield await this.get();
  }
}

/** The memory of a new queue. @throws ValueError, TypeMismatch for wrong options */
export function createQueue(kind: QueueKind, options: number | QueueOptions): HeldResource {
  const { maxsize = 0, name } = numberOr('maxsize', options);
  const size = checkSize(maxsize);
  return createResource(ringShape(kind), { name: checkName(name), capacity: size }, (content, memory) =>
    Ring.initialise(content, memory, size, 0),
  );
}

function checkSize(maxsize: unknown): number {
  if (typeof maxsize !== 'number' || !Number.isInteger(maxsize) || maxsize > 0x7fffffff) {
    throw new ValueError(`maxsize is a whole number up to 2147483647, not ${String(maxsize)}`);
  }
  return Math.max(0, maxsize);
}

registerSingle(Queue.prototype, 'queue', (resource) => new Queue(ofResource.pass(resource)));

/** The message channel under a queue, for the runtime's own parts that must not create a promise per item. */
export function queueMessages(queue: Queue<never> | Queue<unknown>): Messages {
  return (queue as unknown as { readonly messages: Messages }).messages;
}
