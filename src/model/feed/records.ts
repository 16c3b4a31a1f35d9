import { type Group, KINDS, type KindSpec } from '../../trace/format/kinds.ts';
import { FLAG, KIND, KIND_GROUPS, KIND_NAMES, type TraceRecord } from '../../trace/format/records.ts';
import type { StreamState, ThreadEntity, ThreadUse, Woken } from '../state/entities.ts';
import type { World } from '../state/world.ts';
import type { Apply } from './apply.ts';
import { applyCall } from './calls.ts';
import { applyChannel } from './channels.ts';
import { applyCounter } from './counters.ts';
import { applyHandle } from './handles.ts';
import { applyLifecycle } from './lifecycle.ts';
import { applyLock } from './locks.ts';
import { applyPool } from './pools.ts';
import { applyRest, wake } from './rest.ts';
import { applySync } from './sync.ts';
import { showState } from './track-state.ts';
import { applyUsage } from './usage.ts';
import { applySubject, applyWaitEnd, beginWait } from './waits.ts';

/** How the records of each group enter the model. */
const BY_GROUP: { readonly [G in Group]: Apply } = {
  life: applyLifecycle,
  handle: applyHandle,
  lock: applyLock,
  sync: applySync,
  channel: applyChannel,
  pool: applyPool,
  call: applyCall,
  rest: applyRest,
  counter: applyCounter,
  usage: applyUsage,
  wait: beginWait,
  subject: applySubject,
  waitEnd: applyWaitEnd,
};

/** Groups whose records show that the thread runs: a rest that was told before is over. */
const ACTIVITY: { readonly [G in Group]: boolean } = {
  life: true,
  handle: true,
  lock: true,
  sync: true,
  channel: true,
  pool: true,
  call: true,
  rest: true,
  // Counters repeat what is known.
  counter: false,
  // The shim takes them also while the thread rests.
  usage: false,
  // The shim itself records waits that it finds when a thread rests; whatever else ends a rest says `resumed` first.
  wait: false,
  subject: false,
  waitEnd: false,
};

/** Both tables by the number of the kind: looked up for every record. */
const APPLY = KIND_GROUPS.map((group) => group && BY_GROUP[group]);
const IS_ACTIVITY = KIND_GROUPS.map(
  (group, kind) => group !== undefined && kind !== KIND.quiescent && ACTIVITY[group],
);

/** The number that a record has for its resource means one: else it may be that of a child. */
const IS_ON_RESOURCE = KIND_NAMES.map((name) => name !== undefined && isOnResource(KINDS[name]));
function isOnResource({ on }: KindSpec): boolean {
  return on === 'resource';
}

/**
 * Of those, records of what an end does not bring about in others, as it closes channels and wakes threads: whoever has come so
 * far has gone on after its rest.
 */
const IS_WORK = KIND_NAMES.map(
  (name) =>
    name !== undefined &&
    name !== 'disconnect' &&
    name !== 'close' &&
    ['handle', 'lock', 'sync', 'channel', 'pool', 'call'].includes(KINDS[name].group),
);

/** And of those what it does by itself, and what gives nobody anything: one that an end has woken says so, and ends itself. */
const IS_OWN = KIND_NAMES.map((name) => name === 'open' || name === 'create');

function goOn(thread: ThreadEntity, woken: Woken, kind: number, use: ThreadUse | undefined): void {
  const isOwn = IS_OWN[kind] || (kind === KIND.send && use?.resource.kind === 'stdio');
  if (!isOwn) thread.woken = null;
  else if (!woken.acted) thread.woken = { ...woken, acted: true };
}

/**
 * Enters one record: updates the resource, then what the thread's track shows. A record whose resource has no definition
 * (a lost line of the definition stream) changes nothing but the thread's state.
 */
export function applyRecord(world: World, stream: StreamState, record: TraceRecord): void {
  const { thread } = stream;
  const { kind } = record;
  const use = stream.uses[record.resource];
  if ((record.flags & FLAG.checkpoint) === 0) {
    if (record.time > thread.lastTime) thread.lastTime = record.time;
    world.advance(record.time);
    if (thread.quiescent !== null && IS_ACTIVITY[kind]) wake(world, thread, record.time);
    if (thread.woken !== null && IS_WORK[kind]) goOn(thread, thread.woken, kind, use);
  }
  if (record.site !== 0 && use !== undefined && IS_ON_RESOURCE[kind])
    noteSite(use, stream.sites[record.site] ?? 0);
  APPLY[kind]?.(world, stream, record, use);
  showState(thread, Math.max(record.time, thread.lastTime));
}

/** Call sites of one resource that are kept: the same line has many where its callers differ. */
const MOST_SITES = 1024;

function noteSite(use: ThreadUse, site: number): void {
  if (site === use.lastSite) return;
  use.lastSite = site;
  const { usedAt } = use.resource;
  if (site !== 0 && usedAt.size < MOST_SITES) usedAt.add(site);
}

/** Counts of everything that this stream uses are lower bounds from now on. */
export function markLossy(stream: StreamState): void {
  stream.lossy = true;
  // Not the stream's own list: its ids may be any numbers, and it as long as the largest.
  for (const use of stream.thread.uses.values()) use.resource.lossy = true;
}
