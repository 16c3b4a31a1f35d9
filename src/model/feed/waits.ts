import { KINDS, type KindSpec } from '../../trace/format/kinds.ts';
import {
  FLAG,
  KIND,
  KIND_NAMES,
  type KindOf,
  outcomeOf,
  type TraceRecord,
} from '../../trace/format/records.ts';
import type { ResourceEntity, StreamState, ThreadEntity, Wait } from '../state/entities.ts';
import { siteRef } from '../state/sites.ts';
import type { World } from '../state/world.ts';
import type { Apply } from './apply.ts';

/** For each kind that begins a wait, by number: the record names a child, not a resource. */
const IS_FOR_CHILD = KIND_NAMES.map((name) => name !== undefined && isForChild(KINDS[name]));
function isForChild({ group, on }: KindSpec): boolean {
  return group === 'wait' && on === 'child';
}

export function recordSite(stream: StreamState, record: TraceRecord): number {
  return siteRef(stream.sites[record.site] ?? 0, (record.flags & FLAG.sampledSite) !== 0);
}

/** A wait begins. Repeated by a checkpoint it is the same wait, and is not counted again. */
export const beginWait: Apply = (world, stream, record, use) => {
  const { thread } = stream;
  if (thread.waits.has(record.n)) return;
  const forgotten = stream.forgottenWaits.get(record.n);
  stream.forgottenWaits.delete(record.n);
  const forChild = IS_FOR_CHILD[record.kind] === true;
  const child = forChild ? (stream.children[record.resource] ?? null) : null;
  const resource = forChild ? null : (use?.resource ?? null);
  const endsByItself = (record.flags & FLAG.timeout) !== 0;
  const wait: Wait = forgotten ?? {
    kind: record.kind as KindOf<'wait'>,
    thread,
    n: record.n,
    task: record.task,
    resource,
    child,
    since: record.time,
    sync: (record.flags & FLAG.sync) !== 0 || record.kind === KIND.waitSyncSpawn,
    timeoutMs: endsByItself && record.value > 0 ? record.value : null,
    cancellable: endsByItself && record.value === 0,
    subject: null,
    site: recordSite(stream, record),
  };
  thread.waits.set(wait.n, wait);
  thread.woken = null;
  if (wait.sync) thread.syncWait = wait;
  else if (wait.kind !== KIND.waitChild) thread.top = wait;
  world.waiting.add(thread);
  if (wait.resource !== null) {
    if (forgotten === undefined && wait.kind === KIND.waitAcquire && contends(wait.resource))
      wait.resource.contended++;
    wait.resource.waiters.add(wait);
    // Plain memory has no acquisitions: what is counted of it are its waits.
    if (forgotten === undefined && wait.kind === KIND.waitAtomics && use !== undefined) use.acquisitions++;
  }
  world.touch(thread.process);
};

/** Node gives web locks asynchronously also where they are free: every request looks like a wait. */
function contends({ kind, holds, waiters }: ResourceEntity): boolean {
  return kind !== 'webLock' || holds.size > 0 || waiters.size > 0;
}

/** Which part of its resource an open wait is for. */
export const applySubject: Apply = (world, { thread }, record) => {
  const wait = thread.waits.get(record.n);
  if (wait === undefined) return;
  wait.subject = record.value;
  world.touch(thread.process);
};

export const applyWaitEnd: Apply = (world, { thread }, record) => {
  const { woken } = thread;
  endWait(world, thread, record.n, record.time);
  // The end of somebody closes what others wait at, perhaps before anybody tells of it: it has woken them, no more.
  if (outcomeOf(record.flags) === 'closed') thread.woken = woken;
};

/** The thread's wait with the number `n` ends. */
export function endWait(world: World, thread: ThreadEntity, n: number, time: number): void {
  const wait = thread.waits.get(n);
  if (wait === undefined) return;
  thread.waits.delete(n);
  world.past?.waitEnded(wait, time);
  thread.woken = null;
  if (thread.waits.size === 0) world.waiting.delete(thread);
  if (thread.syncWait === wait) {
    noteHeldUp(thread, wait, time);
    thread.syncWait = null;
  }
  if (thread.top === wait) thread.top = oldestShown(thread);
  if (wait.resource !== null) {
    wait.resource.waiters.delete(wait);
    const lasted = Math.max(0, time - wait.since);
    wait.resource.waitNs += lasted;
    if (lasted > wait.resource.longestWaitNs) wait.resource.longestWaitNs = lasted;
  }
  world.touch(thread.process);
}

/** Timers that were due while the thread stood still. */
function noteHeldUp(thread: ThreadEntity, { kind, since }: Wait, until: number): void {
  if (kind !== KIND.waitAtomics) return;
  for (const timer of thread.timers) {
    const due = timer.told.due ?? until;
    if (due > since && due < until) thread.heldUp.set(timer, until - due);
  }
}

function oldestShown(thread: ThreadEntity): Wait | null {
  for (const wait of thread.waits.values()) if (!wait.sync && wait.kind !== KIND.waitChild) return wait;
  return null;
}

/** After a gap in a stream no wait of its thread is known to be open, until the checkpoint that follows repeats it. */
export function forgetWaits(world: World, stream: StreamState): void {
  const { thread } = stream;
  for (const wait of thread.waits.values()) {
    stream.forgottenWaits.set(wait.n, wait);
    wait.resource?.waiters.delete(wait);
  }
  thread.waits.clear();
  thread.top = null;
  thread.syncWait = null;
  world.waiting.delete(thread);
  world.touch(thread.process);
}
