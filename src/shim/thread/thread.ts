import worker from 'node:worker_threads';
import type { Ns } from '../../base/quantities.ts';
import type { Clock } from '../core/clock.ts';
import type { LaneShare } from './lanes.ts';

/** Key in the environment data of worker threads; only there while a worker is being made and has not read it. */
const HANDOVER = 'forkscope.handover.v1';

/** What a thread tells the threads that it starts. */
export interface Handover {
  readonly processKey: string;
  readonly spawnKey: string;
  readonly parentThreadId: number;
  readonly name: string;
  readonly file: string;
  /** JSON of the session: a worker with an `env` of its own does not see the variable. */
  readonly session: string;
  /** NODE_OPTIONS as the user meant it for this worker: `null` not set, `undefined` the shim has not changed it. */
  readonly nodeOptions: string | null | undefined;
  /** Where the worker collects its records. */
  readonly lane: LaneShare | undefined;
}

export interface ThreadIdentity {
  readonly threadId: number;
  readonly processKey: string;
  /** Name of its stream. */
  readonly stream: string;
  /** ns since the session's origin. */
  readonly start: Ns;
}

/** Runs `make`, which creates a worker synchronously, so that the worker finds `handover`. */
export function handOver<T>(handover: Handover, make: () => T): T {
  worker.setEnvironmentData(HANDOVER, handover as unknown as worker.Serializable);
  try {
    return make();
  } finally {
    worker.setEnvironmentData(HANDOVER, undefined);
  }
}

/** What the parent thread left for this worker; it is gone afterwards. */
export function takeHandover(): Handover | undefined {
  const given: unknown = worker.getEnvironmentData(HANDOVER);
  if (given === undefined) return undefined;
  worker.setEnvironmentData(HANDOVER, undefined);
  return given as Handover;
}

export function identify(clock: Clock, handover: Handover | undefined): ThreadIdentity {
  const { threadId } = worker;
  const start = Math.max(0, Math.floor(threadId === 0 ? clock.start : clock.now()));
  const processKey = handover?.processKey ?? `${process.pid}-${start.toString(36)}`;
  return { threadId, processKey, stream: `${processKey}.${threadId}`, start };
}

/**
 * ESM hooks run in a worker of Node's own, which loads preloads too. Before Node 22 it is known by what it has not: the
 * port to a parent that every worker of a program gets before its preloads run.
 */
export function isNodesOwnThread(): boolean {
  if ((worker as { isInternalThread?: boolean }).isInternalThread) return true;
  return !worker.isMainThread && !worker.parentPort;
}
