import { FLAG, KIND, ROLE, type TraceRecord } from '../../trace/records.ts';
import type { ResourceEntity, StreamState, ThreadUse } from '../state/entities.ts';
import type { World } from '../state/world.ts';
import { recordSite } from './waits.ts';

/** One half of a message that waits for its other half. */
interface Half {
  readonly time: number;
  readonly thread: number;
  readonly bytes: number;
}

/** Most halves kept for one channel; then the oldest go (they stay counted, and will draw no arrow). */
const MOST_HALVES = 1_000_000;
/** Sends of a broadcast kept for receivers that are slower than others. */
const MOST_BROADCAST = 4096;

/** Pairs sends and receives by position, in whichever order they are fed. */
export class Pairing {
  private readonly channels = new Map<
    ResourceEntity,
    { sends: Map<number, Half>; receives: Map<number, Half> }
  >();

  send(world: World, resource: ResourceEntity, n: number, half: Half): void {
    const { sends, receives } = this.of(resource);
    const broadcast = resource.kind === 'broadcast';
    const other = receives.get(n);
    if (other !== undefined) {
      receives.delete(n);
      flow(world, resource, n, half, other);
      if (!broadcast) return;
    }
    keep(sends, n, half, broadcast ? MOST_BROADCAST : MOST_HALVES);
  }

  receive(world: World, resource: ResourceEntity, n: number, half: Half): void {
    const { sends, receives } = this.of(resource);
    const other = sends.get(n);
    if (other === undefined) {
      keep(receives, n, half, MOST_HALVES);
      return;
    }
    if (resource.kind !== 'broadcast') sends.delete(n);
    flow(world, resource, n, other, half);
  }

  /** There was no send at this position. */
  forget(resource: ResourceEntity, n: number): void {
    this.of(resource).sends.delete(n);
  }

  /** Sends that nobody has received, oldest position first. */
  pending(resource: ResourceEntity): ReadonlyMap<number, Half> {
    return this.of(resource).sends;
  }

  private of(resource: ResourceEntity): { sends: Map<number, Half>; receives: Map<number, Half> } {
    let channel = this.channels.get(resource);
    if (channel === undefined) {
      channel = { sends: new Map(), receives: new Map() };
      this.channels.set(resource, channel);
    }
    return channel;
  }
}

function keep(halves: Map<number, Half>, n: number, half: Half, most: number): void {
  halves.set(n, half);
  if (halves.size > most) halves.delete(halves.keys().next().value as number);
}

function flow(world: World, resource: ResourceEntity, n: number, send: Half, receive: Half): void {
  const bytes = Math.max(send.bytes, receive.bytes);
  world.flows.push(resource.index, n, send.thread, send.time, receive.thread, receive.time, bytes);
  resource.latencySum += Math.max(0, receive.time - send.time);
  resource.latencyCount++;
}

export function send(world: World, stream: StreamState, record: TraceRecord, use: ThreadUse): void {
  use.sent++;
  use.sentBytes += record.value;
  use.lastSendSite = recordSite(stream, record);
  use.lastSendTime = record.time;
  const half = { time: record.time, thread: stream.thread.index, bytes: record.value };
  if (use.resource.kind === 'stdio') movedBytes(world, record, use, 'send');
  else if (record.n !== 0) world.pairing.send(world, use.resource, record.n, half);
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
  else if (record.n !== 0) world.pairing.receive(world, use.resource, record.n, half);
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
