import { availableParallelism } from 'node:os';
import { numberOr, type TimeLimitOptions } from '../../core/arguments/options.ts';
import { BrokenPoolError, TargetError, TypeMismatch, ValueError } from '../../core/errors/errors.ts';
import type { Chunks } from './options.ts';

/** A worker's end in words. */
export function describeExit(exitCode: number): string {
  return exitCode < 0 ? `by signal ${-exitCode}` : `with exit code ${exitCode}`;
}

/** Why a pool breaks when its initializer fails: what cannot be found is said as `start` says it. */
export function initializerError(error: unknown): Error {
  if (error instanceof TargetError) return error;
  return new BrokenPoolError(`the initializer of a worker failed: ${String(error)}`, { cause: error });
}

/** Number of workers. @throws ValueError */
export function checkSize(processes: unknown): number {
  if (processes === undefined) return availableParallelism();
  if (typeof processes === 'number' && Number.isInteger(processes) && processes >= 1 && processes <= 512)
    return processes;
  throw new ValueError(`a pool has from 1 to 512 processes, not ${String(processes)}`);
}

/** Tasks a worker; 0: any number. @throws ValueError */
export function checkMaxTasks(maximum: unknown): number {
  if (maximum === undefined || maximum === null) return 0;
  if (typeof maximum === 'number' && Number.isInteger(maximum) && maximum > 0) return maximum;
  throw new ValueError('maxtasksperchild must be a positive whole number');
}

/** Items a chunk; undefined: not given. @throws ValueError */
export function checkChunk(given: Chunks | undefined): number | undefined {
  const chunksize: unknown = numberOr('chunksize', given).chunksize;
  if (chunksize === undefined) return undefined;
  if (typeof chunksize === 'number' && Number.isInteger(chunksize) && chunksize >= 1) return chunksize;
  throw new ValueError(`a chunk has 1 item or more, not ${String(chunksize)}`);
}

/** How long a map's caller waits; the map goes on then. */
export function limitOfChunks(given: Chunks | undefined): TimeLimitOptions | undefined {
  return typeof given === 'object' && given !== null ? given : undefined;
}

/** The arguments of a task as they are sent. @throws TypeMismatch for what is no array */
export function checkArgs(args: unknown, kwargs: object | undefined): () => unknown {
  if (!Array.isArray(args))
    throw new TypeMismatch('args is an array: pool.apply(fn, [x]), not pool.apply(fn, x)');
  return () => (kwargs === undefined ? args : [args, kwargs]);
}
