import { byNumber, FLAG, type TraceRecord } from '../../trace/format/records.ts';
import type { Hold, ResourceEntity, StreamState, ThreadUse } from '../state/entities.ts';
import type { World } from '../state/world.ts';
import type { Apply, ApplyToUse } from './apply.ts';
import { showState } from './track-state.ts';
import { endWait, recordSite } from './waits.ts';

/** Early releases that are kept for acquisitions still to come (another stream fed late). */
const MOST_EARLY = 4096;

function acquire(world: World, stream: StreamState, record: TraceRecord, use: ThreadUse): void {
  const { thread } = stream;
  const { resource } = use;
  const checkpoint = (record.flags & FLAG.checkpoint) !== 0;
  // Traces of earlier versions have it only with the wait.
  const timed = thread.waits.get(record.value)?.timeoutMs != null || (record.flags & FLAG.timeout) !== 0;
  if (record.value !== 0 && !checkpoint) endWait(world, thread, record.value, record.time);
  if (resource.holds.has(record.n)) return;
  const known = stream.forgottenHolds.get(resource)?.delete(record.n) === true;
  if (!known) use.acquisitions++;
  if (record.n > resource.maxN) resource.maxN = record.n;
  if (resource.earlyReleases.delete(record.n)) return;
  const hold: Hold = {
    resource,
    thread,
    task: record.task,
    ticket: record.n,
    since: record.time,
    site: recordSite(stream, record),
    shared: (record.flags & FLAG.shared) !== 0,
  };
  // Whoever makes a file finds that there was none: what others have not told, or could not, has ended.
  if (resource.kind === 'lockFile') for (const other of [...resource.holds.values()]) drop(world, other);
  if (!checkpoint) world.lockOrder.note(hold, timed);
  resource.holds.set(hold.ticket, hold);
  thread.holds.push(hold);
  changed(world, resource, hold);
}

/** The acquisition with this ticket ends, whoever ends it. */
function release(world: World, stream: StreamState, record: TraceRecord, use: ThreadUse): void {
  const { resource } = use;
  const hold = resource.holds.get(record.n) ?? (record.n === 0 ? oldest(resource, stream) : undefined);
  if (hold === undefined) {
    if (record.n !== 0 && resource.earlyReleases.size < MOST_EARLY) resource.earlyReleases.add(record.n);
    if (use.acquisitions === 0) resource.foreignReleases++;
    return;
  }
  drop(world, hold);
  if (hold.thread === stream.thread) return;
  resource.foreignReleases++;
  showState(hold.thread, record.time);
}

/** A release without a ticket ends the thread's own oldest acquisition, or else the oldest of all. */
function oldest(resource: ResourceEntity, stream: StreamState): Hold | undefined {
  let first: Hold | undefined;
  for (const hold of resource.holds.values()) {
    first ??= hold;
    if (hold.thread === stream.thread) return hold;
  }
  return first;
}

function ownerDied(world: World, stream: StreamState, record: TraceRecord, use: ThreadUse): void {
  const { resource } = use;
  const hold = resource.holds.get(record.n);
  if (hold === undefined) return;
  // The thread that frees the lock may be the first to tell of the death: findings about the dead process are made before it counts as dead.
  const { process } = hold.thread;
  if (process.alive) world.beforeEnd(process, record.time, 'unknown');
  resource.deaths.push({ hold, time: record.time, by: stream.thread });
  drop(world, hold);
}

/** Uncontended pairs that were only counted. */
function pairs(world: World, _stream: StreamState, record: TraceRecord, use: ThreadUse): void {
  use.acquisitions += record.value;
  if (record.n > use.resource.maxN) use.resource.maxN = record.n;
  use.resource.revision = world.revision;
}

const LOCK = byNumber<ApplyToUse, 'lock'>({ acquire, release, pairs, ownerDied });

/** Who holds what. */
export const applyLock: Apply = (world, stream, record, use) => {
  if (use !== undefined) LOCK[record.kind]?.(world, stream, record, use);
};

export function forgetHolds(world: World, stream: StreamState): void {
  for (const hold of [...stream.thread.holds]) {
    const known = stream.forgottenHolds.get(hold.resource) ?? new Set();
    known.add(hold.ticket);
    stream.forgottenHolds.set(hold.resource, known);
    drop(world, hold);
  }
}

function drop(world: World, hold: Hold): void {
  hold.resource.holds.delete(hold.ticket);
  const { holds } = hold.thread;
  const at = holds.lastIndexOf(hold);
  if (at >= 0) holds.splice(at, 1);
  changed(world, hold.resource, hold);
}

function changed(world: World, resource: ResourceEntity, hold: Hold): void {
  resource.revision = world.revision;
  world.graphRevision = world.revision;
  hold.thread.process.revision = world.revision;
}
