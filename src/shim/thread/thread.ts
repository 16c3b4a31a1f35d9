import worker from 'node:worker_threads';
import type { Ns } from '../../base/quantities.ts';
import type { Clock } from '../core/clock.ts';
import type { LaneShare } from './lanes.ts';

/** Key in the environment data of worker threads. The program could see it, so it is there only until the new worker has read it. */
const HANDOVER = 'forkscope.handover.v1';

/** What a thread tells the threads that it starts. */
export interface Handover {
  readonly processKey: string;
  readonly spawnKey: string;
  readonly parentThreadId: number;
  readonly name: string;
  readonly file: string;
  /** JSON of the session: a worker with an `env` of its own does not see the environment variable. */
  readonly session: string;
  /** NODE_OPTIONS as the user meant it for this worker: `null` not set, `undefined` the shim has not changed it. */
  readonly nodeOptions: string | null | undefined;
  /** Where the worker collects its records. */
  readonly lane: LaneShare | undefined;
}

export interface ThreadIdentity {
  readonly threadId: number;
  readonly processKey: string;
  /** Name of the thread's stream. */
  readonly stream: string;
  /** When the thread began (the main thread: the process), ns since the session's origin. */
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
 * True in the worker in which Node runs module hooks, and which loads preloads too. Before Node 22 it is told from a
 * worker of the program by what it lacks: the port to its parent.
 */
export function isNodesOwnThread(): boolean {
  if ((worker as { isInternalThread?: boolean }).isInternalThread) return true;
  return !worker.isMainThread && !worker.parentPort;
}
