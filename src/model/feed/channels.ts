import { byNumber, FLAG, type TraceRecord } from '../../trace/format/records.ts';
import type { StreamState, ThreadUse } from '../state/entities.ts';
import type { World } from '../state/world.ts';
import { type Apply, type ApplyToUse, touchResource } from './apply.ts';
import { recordSite } from './waits.ts';

const CHANNEL = byNumber<ApplyToUse, 'channel'>({
  send(world, stream, record, use) {
    if (use.sent === 0 && world.answersTo(use) === 0) use.openingSite = recordSite(stream, record);
    use.sent++;
    use.sentBytes += record.value;
    use.lastSendSite = recordSite(stream, record);
    use.lastSendTime = record.time;
    if (use.resource.kind === 'stdio') pairBytes(world, record, use, 'send');
    else if (record.n !== 0) pair(world, stream, record, use, 'send');
    raisePosition(record, use);
  },
  receive(world, stream, record, use) {
    use.received++;
    use.lastReceiveTime = record.time;
    use.receivedBytes += record.value;
    if (use.resource.kind === 'stdio') pairBytes(world, record, use, 'receive');
    else if (record.n !== 0) pair(world, stream, record, use, 'receive');
    raisePosition(record, use);
  },
  sendRejected(world, stream, record, use) {
    use.rejected++;
    use.rejectedSite = recordSite(stream, record);
    use.rejectedTime = record.time;
    if (record.n !== 0) takeBack(world, use, record.n);
  },
  taskDone(_world, _stream, _record, use) {
    use.taskDones++;
  },
  disconnect(world, { thread }, record, use) {
    if (thread.woken !== null && isToParent(use)) world.beforeHearing(thread.process, record.time);
    use.disconnectedAt ??= record.time;
    use.ignored += record.value;
  },
  backpressure(_world, _stream, record, use) {
    use.backpressureSince ??= record.time;
    use.unread = record.n !== 0;
  },
  drained(_world, _stream, _record, use) {
    use.backpressureSince = null;
    use.unread = false;
  },
});

/** Messages, and what else happens to the channels over which they go. */
export const applyChannel: Apply = (world, stream, record, use) => {
  if (use === undefined) return;
  CHANNEL[record.kind]?.(world, stream, record, use);
  touchResource(world, use);
};

/** Its channel or pipe to whoever has started its process. */
function isToParent({ resource: { kind, key }, thread }: ThreadUse): boolean {
  return (kind === 'ipc' || kind === 'stdio') && key.startsWith(`${kind}:${thread.process.spawnKey}:`);
}

/** One side of a message is paired with the other. */
function pair(
  world: World,
  { thread }: StreamState,
  { n, time, value }: TraceRecord,
  { resource }: ThreadUse,
  way: 'send' | 'receive',
): void {
  world.pairing[way](resource, n, time, thread.index, value);
}

/** The send at position `n`, the last of its thread, did not happen. */
function takeBack(world: World, use: ThreadUse, n: number): void {
  const { resource } = use;
  use.sent--;
  world.pairing.forget(resource, n);
  if (resource.maxN === n) resource.maxN = n - 1;
}

/** Bytes of a stdio pipe have no messages: they are paired by how many have gone through each end. */
function pairBytes(world: World, record: TraceRecord, use: ThreadUse, way: 'send' | 'receive'): void {
  const { resource } = use;
  const { time, value, flags } = record;
  const piece = { time, bytes: value, exact: (flags & FLAG.summed) === 0 };
  for (const p of world.bytes.add(use, way, record.n, piece)) {
    world.flows.push({
      resource: resource.index,
      n: p.end % 2 ** 32,
      from: p.from,
      send: p.sent,
      to: p.to,
      receive: p.received,
      bytes: p.bytes,
    });
    resource.latencySum += Math.max(0, p.received - p.sent);
    resource.latencyCount++;
  }
}

function raisePosition(record: TraceRecord, { resource }: ThreadUse): void {
  if (record.n > resource.maxN) resource.maxN = record.n;
}
