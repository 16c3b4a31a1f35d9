import { atMost } from '../../core/arguments/internal.ts';
import { numberOr } from '../../core/arguments/options.ts';
import { BrokenProcessPool, RuntimeError, TypeMismatch, ValueError } from '../../core/errors/errors.ts';
import { refuseTransfer } from '../../core/handles/not-transferable.ts';
import type { AnyFunction } from '../../core/tasks/task.ts';
import type { AsyncResult } from './async-result.ts';
import { Future } from './future.ts';
import { Pool, policed } from './pool.ts';

export interface ExecutorOptions {
  readonly maxWorkers?: number | undefined;
  readonly initializer?: AnyFunction | undefined;
  readonly initargs?: readonly unknown[];
  readonly maxTasksPerChild?: number | undefined;
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
  readonly #queued = new Set<Queued>();
  #atWork = 0;
  /** Why nothing can be submitted any more. */
  #broken: BrokenProcessPool | undefined;
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
        policy: { breaksWith: (why) => this.#break(why), workersMayStart: true },
      }),
    );
    this.#size = this.#pool.processes;
  }

  /** Process ids of the workers that live now. */
  get pids(): readonly number[] {
    return this.#pool.pids;
  }

  /** Hands `fn(...args)` to a worker. @throws RuntimeError after `shutdown`, BrokenProcessPool after a worker's death */
  submit<F extends AnyFunction>(fn: F, ...args: Parameters<F>): Future<Awaited<ReturnType<F>>> {
    if (typeof fn !== 'function') throw new TypeMismatch(`a function is needed, not ${typeof fn}`);
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
    while (this.#atWork + this.#queued.size > 0)
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    this.#pool.close();
    await this.#pool.join();
  }

  #break(why: Error): BrokenProcessPool {
    this.#broken = new BrokenProcessPool(why.message, { cause: why.cause ?? why });
    return this.#broken;
  }

  #submit<R>(begin: () => AsyncResult<R>): Future<R> {
    if (this.#broken !== undefined)
      throw new BrokenProcessPool('the executor takes no work any more: a worker of it has failed', {
        cause: this.#broken,
      });
    if (this.#shutdown) throw new RuntimeError('cannot schedule new futures after shutdown');
    const { promise, resolve, reject } = settleable<R>();
    const queued: Queued = {
      start: () => this.#begin(begin, resolve, reject),
      cancel: () => future.cancel(),
    };
    const future: Future<R> = Future.of({
      result: promise,
      begun: () => !this.#queued.has(queued),
      cancel: () => this.#queued.delete(queued),
    });
    this.#queued.add(queued);
    this.#fill();
    return future;
  }

  /** A few more than the workers are at work, so that none waits for the next; the rest can be cancelled. */
  #fill(): void {
    for (const queued of this.#queued) {
      if (this.#atWork > this.#size * 2) return;
      this.#queued.delete(queued);
      queued.start();
    }
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
      if (this.#atWork + this.#queued.size === 0) for (const idle of this.#idle.splice(0)) idle();
    };
    try {
      begin().get().then(resolve, reject).finally(finish);
    } catch (error) {
      reject(error);
      finish();
    }
  }
}

function settleable<R>(): {
  readonly promise: Promise<R>;
  readonly resolve: (value: R) => void;
  readonly reject: (error: unknown) => void;
} {
  let resolve: (value: R) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<R>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
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

refuseTransfer(ProcessPoolExecutor.prototype, 'ProcessPoolExecutor', 'it belongs to who made it');
