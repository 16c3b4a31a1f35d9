import { inspect } from 'node:util';
import { type Limit, limitOf, type TimeLimit } from '../../core/arguments/options.ts';
import { TimeoutError, TypeMismatch, ValueError } from '../../core/errors/errors.ts';
import { withCaller } from '../../core/errors/stacks.ts';
import { refuseTransfer } from '../../core/handles/not-transferable.ts';
import { Callers, type PoolHost } from './callers.ts';

export interface Callbacks<R> {
  /** Called with the value, in the parent. */
  readonly callback?: (value: R) => void;
  /** Called with the error, in the parent. */
  readonly errorCallback?: (error: unknown) => void;
}

/** What a result needs from its pool. */
export interface ResultHost extends PoolHost {
  /** The task has failed, and no callback was told. */
  failed(result: AsyncResult<unknown>): void;
}

type Settled<R> = { readonly ok: true; readonly value: R } | { readonly ok: false; readonly error: unknown };

/**
 * The result of a task, to be fetched later. Nothing but its own methods makes the program wait for it: it is no promise, since an
 * `async` function that returns one would wait for it, with all locks that it holds at that moment.
 */
export class AsyncResult<R> {
  readonly #host: ResultHost;
  readonly #callbacks: Callbacks<R>;
  #settled: Settled<R> | undefined;
  readonly #callers: Callers;
  #fetched = false;
  /** Number of the first of its tasks, once they have numbers. */
  #firstTask: number | undefined;

  private constructor(host: ResultHost, callbacks: Callbacks<R>) {
    if (typeof host?.awaited !== 'function') throw new TypeMismatch('an AsyncResult comes from a Pool');
    this.#host = host;
    this.#callers = new Callers(host);
    this.#callbacks = callbacks;
  }

  /** @internal */
  static of<R>(host: ResultHost, callbacks: Callbacks<R>): AsyncResult<R> {
    return new AsyncResult(host, callbacks);
  }

  /**
   * The value, or the task's error thrown. Rejects with TimeoutError after `timeout` seconds, or with the signal's reason; the
   * task goes on then.
   */
  async get(timeout?: TimeLimit): Promise<R> {
    const settled = await this.#until(limitOf(timeout));
    if (settled === undefined) throw new TimeoutError('the result did not come in time');
    this.#fetched = true;
    if (settled.ok) return settled.value;
    throw withCaller(settled.error);
  }

  /** Resolves when the result is there or `timeout` seconds have passed. */
  async wait(timeout?: TimeLimit): Promise<void> {
    await this.#until(limitOf(timeout));
  }

  /** Its tasks have numbers, this is the first. @internal */
  submitted(firstTask: number): void {
    this.#firstTask = firstTask;
  }

  ready(): boolean {
    return this.#settled !== undefined;
  }

  /** Whether the task threw nothing. @throws ValueError before it is ready */
  successful(): boolean {
    if (this.#settled === undefined) throw new ValueError('the result is not ready');
    this.#fetched = true;
    return this.#settled.ok;
  }

  /** The result is there. @internal */
  settle(settled: Settled<R>): void {
    if (this.#settled !== undefined) return;
    this.#settled = settled;
    this.#callers.tell();
    const { callback, errorCallback } = this.#callbacks;
    if (settled.ok) callback?.(settled.value);
    else if (errorCallback === undefined) {
      this.#host.failed(this as AsyncResult<unknown>);
    } else {
      this.#fetched = true;
      errorCallback(settled.error);
    }
  }

  /** The error, when nobody has looked at it. @internal */
  get unfetchedError(): string | undefined {
    if (this.#fetched || this.#settled === undefined || this.#settled.ok) return undefined;
    const { error } = this.#settled;
    return error instanceof Error ? String(error) : inspect(error);
  }

  async #until(limit: Limit): Promise<Settled<R> | undefined> {
    limit.signal?.throwIfAborted();
    if (this.#settled === undefined) await this.#callers.wait(limit, this.#firstTask);
    return this.#settled;
  }
}

refuseTransfer(AsyncResult.prototype, 'AsyncResult', 'send what its get() resolves to');
