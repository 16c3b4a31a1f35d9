import { byNumber } from '../../trace/format/records.ts';
import type { Apply } from './apply.ts';

/** Without a pipe the call came by a socket. */
const CALL = byNumber<Apply, 'call'>({
  callStart(_world, { thread }, record, use) {
    const pipe = use?.resource ?? null;
    thread.calls.set(record.task, { pipe, n: record.n, since: record.time });
    thread.clients.set(record.task, pipe);
  },
  callEnd(_world, { thread }, record) {
    if (thread.calls.get(record.task)?.n === record.n) thread.calls.delete(record.task);
  },
});

/** A manager's server begins to work on a client's call, or has answered it. */
export const applyCall: Apply = (world, stream, record, use) => {
  CALL[record.kind]?.(world, stream, record, use);
  world.graphRevision = world.revision;
};
