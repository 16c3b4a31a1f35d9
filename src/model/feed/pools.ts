import { KIND, type TraceRecord } from '../../trace/format/records.ts';
import type { PoolTask, StreamState, ThreadUse } from '../state/entities.ts';
import type { World } from '../state/world.ts';
import { recordSite } from './waits.ts';

/** Pool tasks by number: submitted by the owner, begun and ended by a worker, in whichever order they are fed. */
export function applyPool(world: World, stream: StreamState, record: TraceRecord, use: ThreadUse): void {
  const pool = use.resource.pool;
  if (pool === null) return;
  switch (record.kind) {
    case KIND.submit: {
      if (pool.ended.delete(record.n)) break;
      const known = pool.open.get(record.n);
      pool.open.set(record.n, {
        n: record.n,
        first: record.value || record.n,
        submitted: record.time,
        site: recordSite(stream, record),
        by: stream.thread,
        worker: known?.worker ?? null,
        started: known?.started ?? 0,
      });
      use.sent++;
      break;
    }
    case KIND.taskStart: {
      const task = pool.open.get(record.n) ?? unseen(record.n);
      task.worker = stream.thread;
      task.started = record.time;
      pool.open.set(record.n, task);
      break;
    }
    case KIND.taskEnd: {
      const known = pool.open.get(record.n);
      if (known?.by == null) pool.ended.add(record.n);
      pool.open.delete(record.n);
      use.received++;
      break;
    }
    case KIND.poolWorker:
      pool.workerPids.add(record.n);
      pool.owner ??= stream.thread;
      break;
    case KIND.poolClose:
    case KIND.poolTerminate:
      pool.closedAt = record.time;
      break;
  }
  use.resource.revision = world.revision;
  world.graphRevision = world.revision;
}

function unseen(n: number): PoolTask {
  return { n, first: n, submitted: 0, site: 0, by: null, worker: null, started: 0 };
}
