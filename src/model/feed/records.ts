import { FLAG, isWait, KIND, type TraceRecord } from '../../trace/format/records.ts';
import type { StreamState } from '../state/entities.ts';
import { isLockKind } from '../state/lock-kinds.ts';
import type { World } from '../state/world.ts';
import { handle, receive, send, total } from './channels.ts';
import { applyLifecycle } from './lifecycle.ts';
import { acquire, ownerDied, pairs, release } from './locks.ts';
import { applyPool } from './pools.ts';
import { applySync } from './sync.ts';
import { showState } from './track-state.ts';
import { beginWait, endWait, noteSubject } from './waits.ts';

/**
 * Enters one record: updates the resource, then what the thread's track shows. A record whose resource has no definition
 * (a lost line of the definition stream) changes nothing but the thread's state.
 */
export function applyRecord(world: World, stream: StreamState, record: TraceRecord): void {
  const { thread } = stream;
  if ((record.flags & FLAG.checkpoint) === 0) {
    if (record.time > thread.lastTime) thread.lastTime = record.time;
    world.advance(record.time);
    if (thread.quiescent !== null && record.kind !== KIND.quiescent && record.kind < KIND.total)
      wake(world, stream, record.time);
  }
  const use = stream.uses[record.resource];
  const kind = record.kind;
  if (isWait(kind)) beginWait(world, stream, record, use);
  else if (kind === KIND.subject) noteSubject(world, thread, record);
  else if (kind === KIND.waitEnd) endWait(world, thread, record.n, record.time);
  else if (kind >= KIND.total) applyCounters(world, stream, record);
  else if (kind >= KIND.quiescent) quiescence(world, stream, record);
  else if (kind >= KIND.create && use !== undefined) applyUse(world, stream, record);
  else if (kind < KIND.create) applyLifecycle(world, stream, record);
  showState(thread, Math.max(record.time, thread.lastTime));
}

function applyUse(world: World, stream: StreamState, record: TraceRecord): void {
  const use = stream.uses[record.resource];
  if (use === undefined) return;
  switch (record.kind) {
    case KIND.create:
    case KIND.open:
    case KIND.close:
      handle(world, stream, record, use);
      break;
    case KIND.acquire:
      acquire(world, stream, record, use);
      break;
    case KIND.release:
      release(world, stream, record, use);
      break;
    case KIND.pairs:
      pairs(world, record, use);
      break;
    case KIND.ownerDied:
      ownerDied(world, stream, record, use);
      break;
    case KIND.send:
      send(world, stream, record, use);
      break;
    case KIND.receive:
      receive(world, stream, record, use);
      break;
    default:
      if (record.kind >= KIND.submit) applyPool(world, stream, record, use);
      else applySync(world, stream, record, use);
  }
}

/** `quiescent` holds until the thread does anything, `resumed` or not. */
function quiescence(world: World, stream: StreamState, record: TraceRecord): void {
  const { thread } = stream;
  if (record.kind === KIND.rest) thread.restedAt = record.time;
  if (record.kind === KIND.quiescent) {
    thread.quiescent = { time: record.time, handles: record.n, timers: record.value };
    thread.woken = null;
    world.touch(thread.process);
  } else wake(world, stream, record.time);
}

function wake(world: World, { thread }: StreamState, time: number): void {
  if (thread.quiescent !== null) thread.woken = { time, rest: thread.quiescent };
  thread.quiescent = null;
  world.touch(thread.process);
}

function applyCounters(world: World, stream: StreamState, record: TraceRecord): void {
  if (record.kind === KIND.dropped) {
    markLossy(stream);
    stream.thread.hasGap = true;
    world.loss.exact = false;
    return;
  }
  const use = stream.uses[record.resource];
  total(stream, record, use, use !== undefined && isLockKind(use.resource.kind));
}

/** Counts of everything that this stream uses are lower bounds from now on. */
export function markLossy(stream: StreamState): void {
  stream.lossy = true;
  for (const use of stream.uses) if (use !== undefined) use.resource.lossy = true;
}
