import { inspect } from 'node:util';
import { atMost, Internal } from '../../core/arguments/internal.ts';
import { numberOr } from '../../core/arguments/options.ts';
import { noteCaller, publish, publishWait, publishWaitEnd } from '../../core/diagnostics/publish.ts';
import { BrokenPoolError, TypeMismatch, ValueError } from '../../core/errors/errors.ts';
import { refer, type Target } from '../../core/functions/reference.ts';
import { refuseTransfer } from '../../core/handles/not-transferable.ts';
import type { AnyFunction } from '../../core/tasks/task.ts';
import { newWait } from '../../core/waits/blocking.ts';
import { Queue } from '../../primitives/queues/queue.ts';
import { whyNoChildren } from '../process/process.ts';
import { AsyncResult, type Callbacks } from './async-result.ts';
import {
  checkArgs,
  checkChunk,
  checkMaxTasks,
  checkSize,
  describeExit,
  initializerError,
  limitOfChunks,
} from './checks.ts';
import { Crew } from './crew.ts';
import { Dispatcher } from './dispatcher.ts';
import { Feed, type FeedOptions } from './feed.ts';
import type { Submission } from './flights.ts';
import { gather } from './gather.ts';
import type { ApplyArgs, ApplyOptions, Chunks, MapOptions, PoolOptions, PoolPolicy } from './options.ts';
import { PoolHandle } from './pool-handle.ts';
import { ResultIterator } from './result-iterator.ts';
import { MODE } from './wire.ts';

type Result<F extends AnyFunction> = Awaited<ReturnType<F>>;
type Phase = 'running' | 'closed' | 'terminated';

/** In the place of options: they, and what the executor changes. */
export const policed = new Internal<{
  readonly options: number | PoolOptions;
  readonly policy: PoolPolicy;
}>();

/**
 * Worker processes that run functions. Tasks are handed out first in, first out. A worker that dies in a task rejects that
 * task and is replaced. The workers are daemons: they end with the program, so `close()` and `join()`, or await results.
 */
export class Pool implements AsyncDisposable {
  readonly #crew!: Crew;
  readonly #dispatcher: Dispatcher;
  readonly #queues: readonly [Queue, Queue];
  readonly #resource: PoolHandle;
  readonly #size: number;
  readonly #policy: PoolPolicy;
  /** Failed results that nobody had fetched when they failed; looked through when there are so many. */
  #failed: AsyncResult<unknown>[] = [];
  #mostFailed = 4096;
  readonly #started: Promise<void>;
  #phase: Phase = 'running';
  #broken: Error | undefined;
  #dismissed = false;
  /** Of iterators whose sources are not at their end: after `close` their items are still taken. */
  readonly #feeds = new Set<Feed>();

  /** The workers start at once; {@link Pool.create} also waits until they are ready. */
  constructor(options?: number | PoolOptions);
  constructor(...all: [options?: number | PoolOptions]) {
    const [first = {}] = atMost(
      1,
      all,
      'new Pool({ processes, initializer, initargs, maxtasksperchild, name })',
    );
    const { options, policy } = policed.received(first) ?? { options: first, policy: {} };
    const given = numberOr('processes', options);
    const { initializer, initargs = [], name } = given;
    this.#size = checkSize(given.processes);
    const maxTasks = checkMaxTasks(given.maxtasksperchild);
    if (initializer !== undefined && typeof initializer !== 'function') {
      throw new TypeMismatch('initializer must be a function');
    }
    const problem = whyNoChildren();
    if (problem !== undefined) throw problem;
    this.#policy = policy;
    this.#resource = new PoolHandle({ size: this.#size, name });
    const label = name ?? 'pool';
    const tasks = new Queue({ name: `${label} tasks` });
    const results = new Queue({ name: `${label} results` });
    this.#queues = [tasks, results];
    this.#dispatcher = new Dispatcher({
      pool: this.#resource,
      tasks,
      results,
      onReady: (seat) => this.#crew.markReady(seat),
      onInitializerFailed: (error) => this.#break(initializerError(error)),
      onSettled: () => this.#settled(),
    });
    const crew = {
      size: this.#size,
      pool: this.#resource,
      tasks,
      results,
      maxTasks,
      initargs,
      free: policy.workersMayStart === true,
      site: noteCaller(),
    };
    let reference: string | undefined;
    this.#crew = new Crew({
      ...crew,
      get initializer() {
        return reference;
      },
      onExit: (_seat, state, exitCode) => this.#workerLeft(state, exitCode),
      onBroken: (error) => this.#break(error),
    });
    this.#started = (async () => {
      if (initializer !== undefined) {
        reference = JSON.stringify((await refer(initializer as Target, 'Pool initializer')).reference);
      }
      if (this.#phase !== 'terminated') await this.#crew.start();
    })();
    this.#started.catch((error: unknown) => this.#break(error as Error));
  }

  /** A pool whose workers are ready, so that a time limit on the first results does not count their start. */
  static async create(options: number | PoolOptions = {}): Promise<Pool> {
    const pool = new Pool(options);
    await pool.ready();
    return pool;
  }

  /** Resolves when every worker is ready to work. */
  async ready(): Promise<void> {
    const { info } = this.#dispatcher;
    const wait = newWait(false);
    publishWait('waitReady', info, Number.POSITIVE_INFINITY, wait);
    try {
      await this.#started;
      this.#dispatcher.awaited(1);
      await this.#crew.ready();
      this.#dispatcher.awaited(-1);
      if (this.#broken !== undefined) throw this.#broken;
    } finally {
      publishWaitEnd(info, wait, this.#broken === undefined ? 'ok' : 'error');
    }
  }

  /** Number of workers. */
  get processes(): number {
    return this.#size;
  }
  /** Process ids of the workers that live now. */
  get pids(): readonly number[] {
    return this.#crew.pids;
  }

  /** Runs `fn(...args)` in a worker and resolves to its result. */
  async apply<F extends AnyFunction, K extends ApplyOptions<unknown>['kwargs'] = undefined>(
    fn: F,
    args?: ApplyArgs<F, { readonly kwargs: K }>,
    kwargs?: K,
  ): Promise<Result<F>> {
    return await this.applyAsync(fn, args as never, kwargs === undefined ? {} : { kwargs }).get();
  }

  /** Hands `fn(...args)` to a worker; the result, or its error, is fetched later or goes to a callback. */
  applyAsync<F extends AnyFunction, O extends ApplyOptions<Result<F>>>(
    fn: F,
    args: ApplyArgs<F, O> | readonly [] = [],
    options?: O,
  ): AsyncResult<Result<F>> {
    this.#checkRunning();
    const result = this.#newResult<Result<F>>(options ?? {});
    const kwargs = options?.kwargs;
    const task = this.#submit({
      fn,
      mode: kwargs === undefined ? MODE.apply : MODE.applyKeyed,
      count: 1,
      body: checkArgs(args, kwargs),
      settle: (_index, outcome) =>
        result.settle(outcome.ok ? { ok: true, value: outcome.value as Result<F> } : outcome),
    });
    result.submitted(task);
    return result;
  }

  /** `fn` of each item, in order. Waits for all, also when one fails; then rejects with the first failure. */
  async map<T, R>(fn: (item: T) => R, items: Iterable<T>, chunksize?: Chunks): Promise<Awaited<R>[]> {
    return await this.mapAsync(fn, items, { chunksize: checkChunk(chunksize) }).get(limitOfChunks(chunksize));
  }

  mapAsync<T, R>(
    fn: (item: T) => R,
    items: Iterable<T>,
    options: MapOptions<Awaited<R>> = {},
  ): AsyncResult<Awaited<R>[]> {
    return this.#mapAsync(fn, MODE.map, [...items], options);
  }

  /** As `map`, with each item an array of arguments. */
  async starmap<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    items: Iterable<A>,
    chunksize?: Chunks,
  ): Promise<Awaited<R>[]> {
    return await this.starmapAsync(fn, items, { chunksize: checkChunk(chunksize) }).get(
      limitOfChunks(chunksize),
    );
  }

  starmapAsync<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    items: Iterable<A>,
    options: MapOptions<Awaited<R>> = {},
  ): AsyncResult<Awaited<R>[]> {
    return this.#mapAsync(fn as AnyFunction, MODE.starmap, [...items], options);
  }

  /** `fn` of each item, results one after the other in the order of the items, while later ones are still at work. */
  imap<T, R>(
    fn: (item: T) => R,
    items: Iterable<T> | AsyncIterable<T>,
    chunksize: Chunks = 1,
  ): ResultIterator<Awaited<R>> {
    return this.#imap(fn, items, chunksize, true);
  }

  /** As `imap`, in the order in which they are done. */
  imapUnordered<T, R>(
    fn: (item: T) => R,
    items: Iterable<T> | AsyncIterable<T>,
    chunksize: Chunks = 1,
  ): ResultIterator<Awaited<R>> {
    return this.#imap(fn, items, chunksize, false);
  }

  /** Takes no more tasks; the workers end when those that it has are done. */
  close(): void {
    if (this.#phase !== 'running') return;
    this.#phase = 'closed';
    publish('poolClose', this.#dispatcher.info);
    this.#settled();
  }

  /** Ends the workers at once. What is awaited rejects with BrokenPoolError. */
  terminate(): void {
    if (this.#phase === 'terminated') return;
    this.#phase = 'terminated';
    publish('poolTerminate', this.#dispatcher.info);
    this.#crew.stop();
    this.#hurryFeeds();
    this.#dispatcher.failAll(new BrokenPoolError('the pool was terminated'));
  }

  /** Waits until the workers have ended. @throws ValueError before `close` or `terminate` */
  async join(): Promise<void> {
    if (this.#phase === 'running') throw new ValueError('Pool is still running');
    this.#hurryFeeds();
    this.#dispatcher.awaited(1);
    try {
      await this.#started.catch(() => {});
      await this.#crew.ended();
    } finally {
      this.#dispatcher.awaited(-1);
    }
    this.#release();
    this.#warn();
  }

  /** The end of an `await using` block terminates, as Python's `with` does. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.terminate();
    await this.join();
  }

  [inspect.custom](): string {
    return `<Pool ${this.#phase} processes=${this.#size}>`;
  }

  #submit(submission: Submission): number {
    const { fn } = submission;
    if (typeof fn !== 'function') throw new TypeMismatch(`a function is needed, not ${typeof fn}`);
    return this.#dispatcher.submit(submission);
  }

  #newResult<R>(callbacks: Callbacks<R>): AsyncResult<R> {
    const { info } = this.#dispatcher;
    const awaited = (change: 1 | -1): void => this.#dispatcher.awaited(change);
    return AsyncResult.of<R>({ info, awaited, failed: (result) => this.#remember(result) }, callbacks);
  }

  #remember(result: AsyncResult<unknown>): void {
    // Who terminates the pool gives up what is open: nothing to warn of.
    if (this.#phase === 'terminated' || this.#failed.push(result) < this.#mostFailed) return;
    this.#failed = this.#failed.filter((failed) => failed.unfetchedError !== undefined);
    this.#mostFailed = Math.max(4096, this.#failed.length * 2);
  }

  #mapAsync<R>(
    fn: AnyFunction,
    mode: typeof MODE.map | typeof MODE.starmap,
    items: readonly unknown[],
    options: MapOptions<R>,
  ): AsyncResult<R[]> {
    this.#checkRunning();
    const chunk = checkChunk(options.chunksize) ?? (Math.ceil(items.length / (4 * this.#size)) || 1);
    const result = this.#newResult<R[]>(options);
    const { count, settle, body } = gather<R>(items, chunk, result);
    if (count === 0) result.settle({ ok: true, value: [] });
    else result.submitted(this.#submit({ fn, mode, count, body, settle }));
    return result;
  }

  #imap<T, R>(
    fn: (item: T) => R,
    items: Iterable<T> | AsyncIterable<T>,
    chunksize: Chunks,
    ordered: boolean,
  ): ResultIterator<Awaited<R>> {
    this.#checkRunning();
    const size = checkChunk(chunksize) ?? 1;
    const { info } = this.#dispatcher;
    const site = noteCaller(info);
    const awaited = (change: 1 | -1): void => this.#dispatcher.awaited(change);
    const iterator = ResultIterator.of<Awaited<R>>(ordered, { info, awaited });
    const submit: FeedOptions['submit'] = (chunk, settle) => {
      if (this.#broken !== undefined) throw this.#broken;
      if (this.#phase === 'terminated') throw new BrokenPoolError('the pool was terminated');
      return this.#submit({
        fn,
        mode: MODE.map,
        count: 1,
        site,
        body: () => chunk,
        settle: (_index, outcome) => settle(outcome),
      });
    };
    const onEnd = (feed: Feed): void => {
      this.#feeds.delete(feed);
      this.#settled();
    };
    const feed = new Feed({
      iterator: iterator as ResultIterator<unknown>,
      workers: this.#size,
      submit,
      onEnd,
    });
    this.#feeds.add(feed);
    void feed.run(items, size);
    return iterator;
  }

  #checkRunning(): void {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#phase !== 'running') throw new ValueError('Pool not running');
  }

  #settled(): void {
    this.#crew.markWorking();
    if (this.#phase !== 'closed' || this.#dismissed) return;
    if (this.#dispatcher.busy || this.#feeds.size > 0) return;
    this.#dismissed = true;
    void this.#started.then(() => {
      this.#crew.close();
      if (!this.#queues[0].closed) this.#dispatcher.dismiss(this.#size);
    });
  }

  #workerLeft(state: number, exitCode: number): void {
    if (this.#phase === 'terminated') return;
    const error = new BrokenPoolError(`a worker of the pool ended ${describeExit(exitCode)} in a task`);
    if (this.#policy.breaksWith !== undefined && (exitCode !== 0 || state !== 0)) {
      this.#break(error);
      return;
    }
    const states = (): number[] => Array.from({ length: this.#size }, (_, seat) => this.#resource.get(seat));
    this.#dispatcher.workerDied(state, states, error);
  }

  #break(why: Error): void {
    if (this.#broken !== undefined || this.#phase === 'terminated') return;
    this.#broken = this.#policy.breaksWith?.(why) ?? why;
    this.#crew.stop();
    this.#hurryFeeds();
    this.#dispatcher.failAll(this.#broken);
  }

  /** What waits for room goes on: nobody takes results now, or it finds out that no task is taken any more. */
  #hurryFeeds(): void {
    for (const feed of this.#feeds) feed.hurry();
  }

  /** Errors that nobody fetched must not vanish: Python says nothing of them. */
  #warn(): void {
    for (const result of this.#failed.splice(0)) {
      const error = result.unfetchedError;
      if (error !== undefined)
        process.emitWarning(`a pool task failed and nobody fetched its result: ${error}`, 'PoolWarning');
    }
  }

  #release(): void {
    if (this.#resource.closed) return;
    this.#dispatcher.end();
    this.#resource.close();
    for (const queue of this.#queues) queue.close();
  }
}

refuseTransfer(Pool.prototype, 'Pool', "it belongs to who made it; a manager's can be shared");
