import { byNumber, FLAG } from '../../trace/format/records.ts';
import type { ThreadUse } from '../state/entities.ts';
import { isLockKind } from '../state/lock-kinds.ts';
import type { Apply } from './apply.ts';

const COUNTERS = byNumber<Apply, 'counter'>({
  total(_world, stream, record, use) {
    if (use === undefined) return;
    const receiving = (record.flags & FLAG.receiving) !== 0;
    if (isLockKind(use.resource.kind)) use.acquisitions = Math.max(use.acquisitions, record.n);
    else if (receiving) use.received = Math.max(use.received, record.n);
    else use.sent = Math.max(use.sent, record.n);
    stream.lastTotal = { use, receiving, low: record.value };
    raiseBytes(use, receiving, record.value);
  },
  totalHigh(_world, { lastTotal: last }, record) {
    if (last !== null) raiseBytes(last.use, last.receiving, last.low + record.value * 2 ** 32);
  },
});

/** Cumulative counters of a thread at the begin of a segment: they repair what dropped segments would have counted. */
export const applyCounter: Apply = (world, stream, record, use) =>
  COUNTERS[record.kind]?.(world, stream, record, use);

function raiseBytes(use: ThreadUse, receiving: boolean, bytes: number): void {
  if (receiving) use.receivedBytes = Math.max(use.receivedBytes, bytes);
  else use.sentBytes = Math.max(use.sentBytes, bytes);
}
