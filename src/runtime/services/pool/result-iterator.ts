import type { ResourceInfo } from '../../../base/channels.ts';
import { milliseconds } from '../../core/arguments/options.ts';
import { publishWait, publishWaitEnd } from '../../core/diagnostics/publish.ts';
import { TimeoutError, TypeMismatch } from '../../core/errors/errors.ts';
import { withCaller } from '../../core/errors/stacks.ts';
import { refuseTransfer } from '../../core/handles/not-transferable.ts';
import { clampTimer, newWait } from '../../core/waits/blocking.ts';
import type { Outcome } from './flights.ts';

/** What the iterator needs from its pool. */
interface IteratorHost {
  readonly info: ResourceInfo;
  /** One caller more (+1) or less (−1) waits for a result: meanwhile the pool keeps the program alive. */
  awaited(change: 1 | -1): void;
}

/** Results of `imap` and `imapUnordered`, one after the other. */
export class ResultIterator<R> implements AsyncIterableIterator<R> {
  readonly #ordered: boolean;
  readonly #host: IteratorHost;
  /** Numbers of the pool's tasks, by chunk; of an ordered iterator, from the one that is due. */
  readonly #tasks = new Map<number, number>();
  /** Chunks that have come: in order, or before their turn. */
  readonly #here: Outcome[] = [];
  readonly #early = new Map<number, Outcome>();
  #values: R[] = [];
  #next = 0;
  #expected = Number.POSITIVE_INFINITY;
  #received = 0;
  #wake: (() => void)[] = [];
  #sourceError: { error: unknown } | undefined;

  private constructor(ordered: boolean, host: IteratorHost) {
    if (typeof host?.awaited !== 'function')
      throw new TypeMismatch('a ResultIterator comes from imap() of a Pool');
    this.#ordered = ordered;
    this.#host = host;
  }

  /** @internal */
  static of<R>(ordered: boolean, host: IteratorHost): ResultIterator<R> {
    return new ResultIterator(ordered, host);
  }

  /** The chunk with this number has its outcome. @internal */
  settle(chunk: number, outcome: Outcome): void {
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
    this.#tell();
  }

  /** The chunk is the task with this number. @internal */
  submitted(chunk: number, task: number): void {
    if (this.#ordered && chunk >= this.#next) this.#tasks.set(chunk, task);
  }

  /** So many chunks there are, and how the source ended. @internal */
  end(chunks: number, failure?: { error: unknown }): void {
    this.#expected = chunks;
    this.#sourceError = failure;
    this.#tell();
  }

  /** The next result. Rejects with TimeoutError after `timeout` seconds, or with what the task or the source threw. */
  async next(timeout?: number): Promise<IteratorResult<R, undefined>> {
    const deadline = performance.now() + milliseconds(timeout);
    for (;;) {
      if (this.#values.length > 0) return { done: false, value: this.#values.shift() as R };
      const outcome = this.#here.shift();
      if (outcome !== undefined) {
        if (!outcome.ok) throw withCaller(outcome.error);
        this.#values = outcome.value as R[];
      } else if (this.#received >= this.#expected) {
        return this.#finish();
      } else if (!(await this.#change(deadline))) {
        throw new TimeoutError('the next result did not come in time');
      }
    }
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

  #tell(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  #change(deadline: number): Promise<boolean> {
    const left = deadline - performance.now();
    if (left <= 0) return Promise.resolve(false);
    const { info } = this.#host;
    const wait = newWait(false);
    publishWait('waitResult', info, left, wait, undefined, this.#tasks.get(this.#next));
    this.#host.awaited(1);
    return new Promise((resolve) => {
      const done = (changed: boolean): void => {
        clearTimeout(timer);
        this.#host.awaited(-1);
        publishWaitEnd(info, wait, changed ? 'ok' : 'timeout');
        resolve(changed);
      };
      const timer =
        left === Number.POSITIVE_INFINITY
          ? undefined
          : setTimeout(() => {
              this.#wake = this.#wake.filter((w) => w !== wake);
              done(false);
            }, clampTimer(left));
      const wake = (): void => done(true);
      this.#wake.push(wake);
    });
  }
}

refuseTransfer(ResultIterator.prototype, 'ResultIterator', 'send what it yields');
