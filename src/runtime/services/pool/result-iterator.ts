import { limitOf, type TimeLimit } from '../../core/arguments/options.ts';
import { TimeoutError, TypeMismatch } from '../../core/errors/errors.ts';
import { withCaller } from '../../core/errors/stacks.ts';
import { refuseTransfer } from '../../core/handles/not-transferable.ts';
import { Callers, type PoolHost } from './callers.ts';
import type { Feed } from './feed.ts';
import type { Outcome } from './flights.ts';

/** Results of `imap` and `imapUnordered`, one after the other. */
export class ResultIterator<R> implements AsyncIterableIterator<R> {
  readonly #ordered: boolean;
  readonly #callers: Callers;
  /** Numbers of the pool's tasks, by chunk; of an ordered iterator, from the one that is due. */
  readonly #tasks = new Map<number, number>();
  /** Chunks that have come: in order, or before their turn. */
  readonly #here: Outcome[] = [];
  readonly #early = new Map<number, Outcome>();
  #values: R[] = [];
  #next = 0;
  #expected = Number.POSITIVE_INFINITY;
  #received = 0;
  #sourceError: { error: unknown } | undefined;
  /** What takes items from the source, until it is at its end; undefined: nothing does. */
  #feed: Feed | undefined;
  /** Left early: what still comes is not wanted. */
  #left = false;

  private constructor(ordered: boolean, host: PoolHost) {
    if (typeof host?.awaited !== 'function')
      throw new TypeMismatch('a ResultIterator comes from imap() of a Pool');
    this.#ordered = ordered;
    this.#callers = new Callers(host);
  }

  /** @internal */
  static of<R>(ordered: boolean, host: PoolHost): ResultIterator<R> {
    return new ResultIterator(ordered, host);
  }

  /** The chunk with this number has its outcome. @internal */
  settle(chunk: number, outcome: Outcome): void {
    if (this.#left) return;
    this.#received++;
    if (!this.#ordered) this.#here.push(outcome);
    else {
      this.#early.set(chunk, outcome);
      for (let due = this.#early.get(this.#next); due !== undefined; due = this.#early.get(this.#next)) {
        this.#early.delete(this.#next);
        this.#tasks.delete(this.#next++);
        this.#here.push(due);
      }
    }
    this.#callers.tell();
  }

  /** The chunk is the task with this number. @internal */
  submitted(chunk: number, task: number): void {
    if (this.#ordered && chunk >= this.#next) this.#tasks.set(chunk, task);
  }

  /** What takes the items. @internal */
  fedBy(feed: Feed): void {
    this.#feed = feed;
  }

  /** So many chunks there are, and how the source ended. @internal */
  end(chunks: number, failure?: { error: unknown }): void {
    this.#feed = undefined;
    this.#expected = chunks;
    this.#sourceError = failure;
    this.#callers.tell();
  }

  /** The next result. Rejects with TimeoutError after `timeout` seconds, or with what the task or the source threw. */
  async next(timeout?: TimeLimit): Promise<IteratorResult<R, undefined>> {
    const { ms, signal } = limitOf(timeout);
    const deadline = performance.now() + ms;
    signal?.throwIfAborted();
    for (;;) {
      if (this.#left) return { done: true, value: undefined };
      if (this.#values.length > 0) return { done: false, value: this.#values.shift() as R };
      const outcome = this.#here.shift();
      if (outcome !== undefined) {
        this.#feed?.taken();
        if (!outcome.ok) throw withCaller(outcome.error);
        this.#values = outcome.value as R[];
      } else if (this.#received >= this.#expected) {
        return this.#finish();
      } else if (!(await this.#callers.wait({ ms: deadline - performance.now(), signal }, this.#due))) {
        throw new TimeoutError('the next result did not come in time');
      }
    }
  }

  /** Nothing more is wanted, as `break` in a `for await` says: no further item is taken from the source, which is closed. */
  return(): Promise<IteratorResult<R, undefined>> {
    this.#left = true;
    this.#feed?.stop();
    this.#feed = undefined;
    this.#here.length = 0;
    this.#values = [];
    this.#early.clear();
    this.#tasks.clear();
    this.#callers.tell();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** The task that is due, where one can be named. */
  get #due(): number | undefined {
    return this.#tasks.get(this.#next);
  }

  #finish(): IteratorResult<R, undefined> {
    const failure = this.#sourceError;
    this.#sourceError = undefined;
    if (failure !== undefined) throw failure.error;
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

refuseTransfer(ResultIterator.prototype, 'ResultIterator', 'send what it yields');
