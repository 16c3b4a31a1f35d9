import { byNumber, type TraceRecord } from '../../trace/format/records.ts';
import type { PoolState, PoolTask, StreamState, ThreadUse } from '../state/entities.ts';
import type { PastSpans } from '../state/spans.ts';
import { type Apply, touchResource } from './apply.ts';
import { recordSite } from './waits.ts';

type ApplyToPool = (
  pool: PoolState,
  record: TraceRecord,
  stream: StreamState,
  use: ThreadUse,
  past: PastSpans | null,
) => void;

const POOL = byNumber<ApplyToPool, 'pool'>({
  submit(pool, record, stream, use) {
    if (pool.ended.delete(record.n)) return;
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
  },
  taskStart(pool, record, stream) {
    const task = pool.open.get(record.n) ?? unseen(record.n);
    task.worker = stream.thread;
    task.started = record.time;
    pool.open.set(record.n, task);
  },
  taskEnd(pool, record, _stream, use, past) {
    const known = pool.open.get(record.n);
    if (known !== undefined) past?.taskEnded(use.resource, known, record.time);
    if (known?.by == null) pool.ended.add(record.n);
    pool.open.delete(record.n);
    use.received++;
  },
  poolWorker(pool, record) {
    pool.workerPids.add(record.n);
  },
  poolClose: closed,
  poolTerminate: closed,
});

function closed(pool: PoolState, record: TraceRecord): void {
  pool.closedAt = record.time;
}

/** Pool tasks by number: submitted by the owner, begun and ended by a worker, in whichever order they are fed. */
export const applyPool: Apply = (world, stream, record, use) => {
  const pool = use?.resource.pool ?? null;
  if (use === undefined || pool === null) return;
  POOL[record.kind]?.(pool, record, stream, use, world.past);
  touchResource(world, use);
};

/** A task whose submission was not fed yet. */
function unseen(n: number): PoolTask {
  return { n, first: n, submitted: 0, site: 0, by: null, worker: null, started: 0 };
}
