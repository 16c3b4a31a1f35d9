import { FLAG, KIND, ROLE, type TraceRecord } from '../../trace/format/records.ts';
import type { StreamState, ThreadUse } from '../state/entities.ts';
import type { World } from '../state/world.ts';
import { recordSite } from './waits.ts';

export function send(world: World, stream: StreamState, record: TraceRecord, use: ThreadUse): void {
  use.sent++;
  use.sentBytes += record.value;
  use.lastSendSite = recordSite(stream, record);
  use.lastSendTime = record.time;
  const half = { time: record.time, thread: stream.thread.index, bytes: record.value };
  if (use.resource.kind === 'stdio') movedBytes(world, record, use, 'send');
  else if (record.n !== 0) world.pairing.send(use.resource, record.n, half);
  moved(world, record, use);
}

/** The send at position `n`, the last of its thread, did not happen. */
export function takeBack(world: World, use: ThreadUse, n: number): void {
  const { resource } = use;
  use.sent--;
  world.pairing.forget(resource, n);
  if (resource.maxN === n) resource.maxN = n - 1;
}

export function receive(world: World, stream: StreamState, record: TraceRecord, use: ThreadUse): void {
  use.received++;
  use.receivedBytes += record.value;
  const half = { time: record.time, thread: stream.thread.index, bytes: record.value };
  if (use.resource.kind === 'stdio') movedBytes(world, record, use, 'receive');
  else if (record.n !== 0) world.pairing.receive(use.resource, record.n, half);
  moved(world, record, use);
}

function movedBytes(world: World, record: TraceRecord, use: ThreadUse, way: 'send' | 'receive'): void {
  const { resource } = use;
  const { time, value, flags } = record;
  const piece = { time, bytes: value, exact: (flags & FLAG.summed) === 0 };
  for (const p of world.bytes.add(use, way, record.n, piece)) {
    world.flows.push(resource.index, p.end % 2 ** 32, p.from, p.sent, p.to, p.received, p.bytes);
    resource.latencySum += Math.max(0, p.received - p.sent);
    resource.latencyCount++;
  }
}

function moved(world: World, record: TraceRecord, use: ThreadUse): void {
  if (record.n > use.resource.maxN) use.resource.maxN = record.n;
  use.resource.revision = world.revision;
  world.graphRevision = world.revision;
}

/** `create`, `open` and `close` count handles by role; without role bits a handle may do both. */
export function handle(world: World, stream: StreamState, record: TraceRecord, use: ThreadUse): void {
  const { resource } = use;
  const step = record.kind === KIND.close ? -1 : 1;
  const roles = record.value & (ROLE.read | ROLE.write) || ROLE.read | ROLE.write;
  if (step > 0) use.counted = true;
  if (roles & ROLE.read) use.readers = Math.max(0, use.readers + step);
  if (roles & ROLE.write) use.writers = Math.max(0, use.writers + step);
  if (record.kind === KIND.create && (resource.createdAt === null || record.time < resource.createdAt)) {
    resource.createdAt = record.time;
    resource.createdBy = stream.thread;
    resource.createdSite = recordSite(stream, record);
    if (resource.pool !== null) resource.pool.owner = stream.thread;
  }
  resource.revision = world.revision;
  world.graphRevision = world.revision;
}

/** Cumulative counters of a thread at the begin of a segment: they repair what dropped segments would have counted. */
export function total(
  stream: StreamState,
  record: TraceRecord,
  use: ThreadUse | undefined,
  lock: boolean,
): void {
  if (record.kind === KIND.totalHigh) {
    const last = stream.lastTotal;
    if (last !== null) raiseBytes(last.use, last.receiving, last.low + record.value * 2 ** 32);
    return;
  }
  if (use === undefined) return;
  const receiving = (record.flags & FLAG.signal) !== 0;
  if (lock) use.acquisitions = Math.max(use.acquisitions, record.n);
  else if (receiving) use.received = Math.max(use.received, record.n);
  else use.sent = Math.max(use.sent, record.n);
  stream.lastTotal = { use, receiving, low: record.value };
  raiseBytes(use, receiving, record.value);
}

function raiseBytes(use: ThreadUse, receiving: boolean, bytes: number): void {
  if (receiving) use.receivedBytes = Math.max(use.receivedBytes, bytes);
  else use.sentBytes = Math.max(use.sentBytes, bytes);
}
