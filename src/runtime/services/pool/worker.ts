/** A pool's worker process: it starts, then takes tasks (tasks.ts) until it is told to end. */
import { pathToFileURL } from 'node:url';
import { task } from '../../core/tasks/task.ts';
import type { Queue } from '../../primitives/queues/queue.ts';
import { asService, publishTargetStart } from '../process/target-start.ts';
import type { PoolHandle } from './pool-handle.ts';
import { functionOf, WorkerTasks } from './tasks.ts';
import { RESULT } from './wire.ts';

export interface WorkerOptions {
  readonly seat: number;
  /** 0: any number. */
  readonly maxTasks: number;
  readonly initializer: string | undefined;
  readonly initargs: readonly unknown[];
}

async function work(pool: PoolHandle, tasks: Queue, results: Queue, options: WorkerOptions): Promise<void> {
  const { seat, initializer, initargs, maxTasks } = options;
  const hands = new WorkerTasks(pool, tasks, results, seat);
  try {
    if (initializer !== undefined) await (await functionOf(initializer))(...initargs);
  } catch (error) {
    hands.report(seat, RESULT.initializerFailed, error);
    return;
  }
  publishTargetStart();
  hands.report(seat, RESULT.ready, process.pid);
  await hands.run(maxTasks === 0 ? Number.POSITIVE_INFINITY : maxTasks);
}

/** Found by the child through the runtime's own module. */
export const poolWorker = task(pathToFileURL(__filename).href, 'poolWorker', asService(work));
