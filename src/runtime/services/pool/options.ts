import type { TimeLimitOptions } from '../../core/arguments/options.ts';
import type { AllButLast, AnyFunction } from '../../core/tasks/task.ts';
import type { Callbacks } from './async-result.ts';

export interface PoolOptions {
  /** Number of workers; as many as the machine has processors unless given. */
  readonly processes?: number | undefined;
  /** Run once in each worker before its first task. An exported function or a `task`. */
  readonly initializer?: AnyFunction | undefined;
  readonly initargs?: readonly unknown[];
  /** A worker is replaced after so many tasks. */
  readonly maxtasksperchild?: number | undefined;
  readonly name?: string | undefined;
}

export interface ApplyOptions<R> extends Callbacks<R> {
  readonly kwargs?: Readonly<Record<string, unknown>>;
}

/** The arguments that `F` takes from an array: with `kwargs`, which is its last one, all but that. */
export type ApplyArgs<F extends AnyFunction, O> = Readonly<
  O extends { readonly kwargs: object } ? AllButLast<Parameters<F>> : Parameters<F>
>;

/** Items a chunk: Python's positional argument, or as an option. */
export type Chunks = number | ChunkOptions;
export interface ChunkOptions extends TimeLimitOptions {
  readonly chunksize?: number | undefined;
}

export interface MapOptions<R> extends Callbacks<R[]> {
  /** Items in one task; by default a quarter of a worker's share. */
  readonly chunksize?: number | undefined;
}

/** Beyond Python: what a subclass of a pool (the executor) changes. */
export interface PoolPolicy {
  /** One worker's death fails everything that pends, as an executor's does. The error that is told of whatever breaks the pool. */
  readonly breaksWith?: (why: Error) => Error;
  /** The workers may start processes, as an executor's may and a pool's, being daemons, may not. */
  readonly workersMayStart?: boolean;
}
