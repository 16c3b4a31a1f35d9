import { atMost } from '../../core/arguments/internal.ts';
import { numberOr } from '../../core/arguments/options.ts';
import {
  BrokenProcessPool,
  CancelledError,
  RuntimeError,
  TimeoutError,
  TypeMismatch,
  ValueError,
} from '../../core/errors/errors.ts';
import { withCaller } from '../../core/errors/stacks.ts';
import { refuseTransfer } from '../../core/handles/not-transferable.ts';
import type { AnyFunction } from '../../core/tasks/task.ts';
import { clampTimer } from '../../core/waits/blocking.ts';
import type { AsyncResult } from './async-result.ts';
import { Pool, policed } from './pool.ts';

export interface ExecutorOptions {
  readonly maxWorkers?: number | undefined;
  readonly initializer?: AnyFunction | undefined;
  readonly initargs?: readonly unknown[];
  readonly maxTasksPerChild?: number | undefined;
}

type Outcome<R> = { readonly ok: true; readonly value: R } | { readonly ok: false; readonly error: unknown };

/** A result to come, as Python's `concurrent.futures.Future`. */
export class Future<R> {
  readonly #cancel: () => boolean;
  #state: 'pending' | 'cancelled' | 'done' = 'pending';
  #outcome: Outcome<R> | undefined;
  #tell: () => void = () => {};
  readonly #done = new Promise<void>((resolve) => {
    this.#tell = resolve;
  });

  private constructor(result: Promise<R>, cancel: () => boolean) {
    if (!(result instanceof Promise)) throw new TypeMismatch('a Future comes from submit() of an executor');
    this.#cancel = cancel;
    result.then(
      (value) => this.#finish({ ok: true, value }, 'done'),
      (error: unknown) => this.#finish({ ok: false, error }, 'done'),
    );
  }

  /** @internal */
  static of<R>(result: Promise<R>, cancel: () => boolean): Future<R> {
    return new Future(result, cancel);
  }

  #finish(outcome: Outcome<R>, state: 'cancelled' | 'done'): void {
    this.#outcome = outcome;
    this.#state = state;
    this.#tell();
  }

  /** The value, or the error thrown. Rejects with TimeoutError after `timeout` seconds. */
  async result(timeout?: number): Promise<R> {
    const outcome = await this.#settled(timeout);
    if (outcome.ok) return outcome.value;
    throw withCaller(outcome.error);
  }

  /** The error, or null. */
  async exception(timeout?: number): Promise<unknown> {
    const outcome = await this.#settled(timeout);
    return outcome.ok ? null : outcome.error;
  }

  done(): boolean {
    return this.#state !== 'pending';
  }
  cancelled(): boolean {
    return this.#state === 'cancelled';
  }

  /** Cancels it if it has not been handed to the workers; false when it is too late. */
  cancel(): boolean {
    if (this.#state === 'done') return false;
    if (this.#state === 'pending' && !this.#cancel()) return false;
    if (this.#state === 'pending')
      this.#finish({ ok: false, error: new CancelledError('the future was cancelled') }, 'cancelled');
    return true;
  }

  addDoneCallback(callback: (future: this) => void): void {
    void this.#done.then(() => callback(this));
  }

  async #settled(timeout: number | undefined): Promise<Outcome<R>> {
    if (this.#outcome === undefined) await withLimit(this.#done, timeout);
    if (this.#outcome === undefined) throw new TimeoutError('the result did not come in time');
    return this.#outcome;
  }
}

async function withLimit(done: Promise<void>, timeout: number | undefined): Promise<void> {
  if (timeout === undefined) return await done;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, clampTimer(Math.max(0, timeout * 1000)));
  });
  await Promise.race([done, limit]);
  clearTimeout(timer);
}

interface Queued {
  readonly start: () => void;
  readonly cancel: () => void;
}

/** Python's `concurrent.futures.ProcessPoolExecutor`: a worker that dies breaks the executor and fails all that pends. */
export class ProcessPoolExecutor implements AsyncDisposable {
  readonly #pool: Pool;
  readonly #size: number;
  /** Not handed to the workers yet, so that they can be cancelled. */
  readonly #queued: Queued[] = [];
  #atWork = 0;
  #shutdown = false;
  #idle: (() => void)[] = [];

  /** @throws ValueError for a wrong number of workers, TypeMismatch for what is no options */
  constructor(options?: number | ExecutorOptions);
  constructor(...all: [options?: number | ExecutorOptions]) {
    const [options = {}] = atMost(1, all, 'new ProcessPoolExecutor({ maxWorkers, initializer, initargs })');
    const given = numberOr('maxWorkers', options);
    if (given.maxWorkers !== undefined && !(given.maxWorkers > 0))
      throw new ValueError('maxWorkers must be greater than 0');
    this.#pool = new Pool(
      policed.pass({
        options: {
          processes: given.maxWorkers,
          initializer: given.initializer,
          initargs: given.initargs ?? [],
          maxtasksperchild: given.maxTasksPerChild,
        },
        policy: { breakOnDeath: (message) => new BrokenProcessPool(message), workersMayStart: true },
      }),
    );
    this.#size = this.#pool.processes;
  }

  /** Hands `fn(...args)` to a worker. @throws RuntimeError after `shutdown`, BrokenProcessPool after a worker's death */
  submit<F extends AnyFunction>(fn: F, ...args: Parameters<F>): Future<Awaited<ReturnType<F>>> {
    return this.#submit(() => this.#pool.applyAsync(fn, args));
  }

  /**
   * `fn` of the items of each iterable side by side, as far as the shortest goes; results in order. The last argument may be
   * `{ timeout, chunksize }`: `timeout` seconds from now, after which the iteration rejects with TimeoutError.
   */
  map<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    ...sources: [
      ...{ [K in keyof A]: Iterable<A[K]> },
      { readonly timeout?: number; readonly chunksize?: number }?,
    ]
  ): AsyncIterableIterator<Awaited<R>> {
    const last = sources.at(-1);
    const hasOptions = last !== undefined && !(Symbol.iterator in Object(last));
    const { timeout, chunksize = 1 } = (hasOptions ? last : {}) as { timeout?: number; chunksize?: number };
    if (!Number.isInteger(chunksize) || chunksize < 1) throw new ValueError('chunksize must be 1 or more');
    const rows = zip((hasOptions ? sources.slice(0, -1) : sources) as Iterable<unknown>[]) as unknown as A[];
    const deadline = timeout === undefined ? undefined : performance.now() + timeout * 1000;
    const futures: Future<Awaited<R>[]>[] = [];
    for (let from = 0; from < rows.length; from += chunksize) {
      const chunk = rows.slice(from, from + chunksize);
      futures.push(this.#submit(() => this.#pool.starmapAsync(fn, chunk, { chunksize: chunk.length })));
    }
    return results(futures, deadline);
  }

  /** Takes no more work. With `wait` (the default) it resolves when all that was submitted is done and the workers are gone. */
  async shutdown(options: { readonly wait?: boolean; readonly cancelFutures?: boolean } = {}): Promise<void> {
    const { wait = true, cancelFutures = false } = options;
    this.#shutdown = true;
    if (cancelFutures) for (const queued of [...this.#queued]) queued.cancel();
    const ended = this.#end();
    if (wait) await ended;
    else ended.catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  async #end(): Promise<void> {
    while (this.#atWork + this.#queued.length > 0)
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    this.#pool.close();
    await this.#pool.join();
  }

  #submit<R>(begin: () => AsyncResult<R>): Future<R> {
    if (this.#shutdown) throw new RuntimeError('cannot schedule new futures after shutdown');
    let queued: Queued | undefined;
    const result = new Promise<R>((resolve, reject) => {
      queued = { start: () => this.#begin(begin, resolve, reject), cancel: () => future.cancel() };
      this.#queued.push(queued);
    });
    const future: Future<R> = Future.of(result, () => {
      const index = queued === undefined ? -1 : this.#queued.indexOf(queued);
      if (index >= 0) this.#queued.splice(index, 1);
      return index >= 0;
    });
    this.#fill();
    return future;
  }

  /** One more than the workers are at work, as in CPython: the rest can be cancelled. */
  #fill(): void {
    while (this.#atWork <= this.#size * 2 && this.#queued.length > 0) this.#queued.shift()?.start();
  }

  #begin<R>(
    begin: () => AsyncResult<R>,
    resolve: (value: R) => void,
    reject: (error: unknown) => void,
  ): void {
    this.#atWork++;
    const finish = (): void => {
      this.#atWork--;
      this.#fill();
      if (this.#atWork + this.#queued.length === 0) for (const idle of this.#idle.splice(0)) idle();
    };
    try {
      begin().get().then(resolve, reject).finally(finish);
    } catch (error) {
      reject(error);
      finish();
    }
  }
}

async function* results<R>(
  futures: readonly Future<R[]>[],
  deadline: number | undefined,
): AsyncGenerator<R, void, void> {
  try {
    for (const future of futures) {
      const left = deadline === undefined ? undefined : (deadline - performance.now()) / 1000;
      for (const value of await future.result(left)) yield value;
    }
  } finally {
    // Left early: the rest is not wanted.
    for (const future of futures) future.cancel();
  }
}

function zip(sources: readonly Iterable<unknown>[]): unknown[][] {
  const columns = sources.map((source) => [...source]);
  const length = columns.length === 0 ? 0 : Math.min(...columns.map((column) => column.length));
  return Array.from({ length }, (_, i) => columns.map((column) => column[i]));
}

refuseTransfer(Future.prototype, 'Future', 'send its result');
refuseTransfer(ProcessPoolExecutor.prototype, 'ProcessPoolExecutor', 'it belongs to who made it');
