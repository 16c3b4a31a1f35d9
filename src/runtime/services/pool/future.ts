import { inspect } from 'node:util';
import { limitOf, type TimeLimit } from '../../core/arguments/options.ts';
import { CancelledError, TimeoutError, TypeMismatch } from '../../core/errors/errors.ts';
import { withCaller } from '../../core/errors/stacks.ts';
import { refuseTransfer } from '../../core/handles/not-transferable.ts';
import { Listeners } from '../../core/waits/listeners.ts';

type Outcome<R> = { readonly ok: true; readonly value: R } | { readonly ok: false; readonly error: unknown };

/** What the executor knows of a future. */
export interface FutureHost<R> {
  /** Settles when the task has. */
  readonly result: Promise<R>;
  /** Takes the task back; false when it has been handed to the workers. */
  cancel(): boolean;
  /** Whether it has been handed to the workers. */
  begun(): boolean;
}

/** A result to come, as Python's `concurrent.futures.Future`. */
export class Future<R> implements PromiseLike<R> {
  readonly #host: FutureHost<R>;
  readonly #listeners = new Listeners();
  readonly #callbacks: ((future: this) => unknown)[] = [];
  #state: 'pending' | 'cancelled' | 'done' = 'pending';
  #outcome: Outcome<R> | undefined;

  private constructor(host: FutureHost<R>) {
    if (!(host?.result instanceof Promise))
      throw new TypeMismatch('a Future comes from submit() of an executor');
    this.#host = host;
    host.result.then(
      (value) => this.#finish({ ok: true, value }, 'done'),
      (error: unknown) => this.#finish({ ok: false, error }, 'done'),
    );
  }

  /** @internal */
  static of<R>(host: FutureHost<R>): Future<R> {
    return new Future(host);
  }

  /**
   * The value, or the error thrown. Rejects with TimeoutError after `timeout` seconds, with the signal's reason, and with
   * CancelledError where it was cancelled.
   */
  async result(timeout?: TimeLimit): Promise<R> {
    const outcome = await this.#settled(timeout);
    if (outcome.ok) return outcome.value;
    throw withCaller(outcome.error);
  }

  /** The error, or null. Rejects as `result` does where time or signal end the wait, and with CancelledError. */
  async exception(timeout?: TimeLimit): Promise<unknown> {
    const outcome = await this.#settled(timeout);
    if (this.#state === 'cancelled' && !outcome.ok) throw withCaller(outcome.error);
    return outcome.ok ? null : outcome.error;
  }

  /** `await future` is `await future.result()`. So a function that is `async` returns the value, as it does of a promise. */
  // biome-ignore lint/suspicious/noThenProperty: futures are awaited as promises are
  then<A = R, B = never>(
    onFulfilled?: ((value: R) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.result().then(onFulfilled, onRejected);
  }

  /** Whether it is done, failed or cancelled. */
  done(): boolean {
    return this.#state !== 'pending';
  }
  cancelled(): boolean {
    return this.#state === 'cancelled';
  }
  /** Whether it has been handed to the workers, and so cannot be cancelled any more, and is not done. */
  running(): boolean {
    return this.#state === 'pending' && this.#host.begun();
  }

  /** Cancels it if it has not been handed to the workers; false when it is too late. */
  cancel(): boolean {
    if (this.#state === 'done') return false;
    if (this.#state === 'pending' && !this.#host.cancel()) return false;
    if (this.#state === 'pending')
      this.#finish({ ok: false, error: new CancelledError('the future was cancelled') }, 'cancelled');
    return true;
  }

  /**
   * Calls `callback` with the future when it is done or cancelled, soon if it is already; those of a future in their order. What
   * one throws, or rejects with, is an `ExecutorWarning`, and the others are called nevertheless.
   */
  addDoneCallback(callback: (future: this) => unknown): void {
    if (typeof callback !== 'function')
      throw new TypeMismatch(`a callback is a function, not ${inspect(callback)}`);
    if (this.#state === 'pending') this.#callbacks.push(callback);
    else queueMicrotask(() => void this.#call(callback));
  }

  #finish(outcome: Outcome<R>, state: 'cancelled' | 'done'): void {
    if (this.#state !== 'pending') return;
    this.#outcome = outcome;
    this.#state = state;
    this.#listeners.tell();
    for (const callback of this.#callbacks.splice(0)) queueMicrotask(() => void this.#call(callback));
  }

  async #call(callback: (future: this) => unknown): Promise<void> {
    try {
      await callback(this);
    } catch (error) {
      const detail = error instanceof Error ? (error.stack ?? String(error)) : inspect(error);
      process.emitWarning('a callback of a future threw', { type: 'ExecutorWarning', detail });
    }
  }

  async #settled(timeout: TimeLimit): Promise<Outcome<R>> {
    const { ms, signal } = limitOf(timeout);
    signal?.throwIfAborted();
    if (this.#outcome === undefined) await this.#listeners.wait(ms, signal);
    if (this.#outcome === undefined) throw new TimeoutError('the result did not come in time');
    return this.#outcome;
  }

  [inspect.custom](): string {
    const state = this.#state === 'pending' && this.running() ? 'running' : this.#state;
    return `<Future ${state}>`;
  }
}

refuseTransfer(Future.prototype, 'Future', 'send its result');
