import type { ThreadEntity } from '../state/entities.ts';
import { STILL, SUM_COUNT } from '../state/track.ts';
import { SEEN, type Usage } from '../state/usage.ts';
import { TRACK_STATES, type TrackState } from '../types/index.ts';
import { Shown } from './shown.ts';

/** Columns of what is derived here: one a state of a track. */
export const SPENT_COUNT = TRACK_STATES.length;

const numberOf = (state: TrackState): number => TRACK_STATES.indexOf(state);
const RUNNING = numberOf('running');
export const IDLE = numberOf('idle');
const HOLDING = numberOf('holding');
const EXITED = numberOf('exited');
const READY = numberOf('ready');
export const NATIVE = numberOf('native');
export const PAUSED = numberOf('paused');
export const STOPPED = numberOf('stopped');
const UNKNOWN = numberOf('unknown');
const WAITS = (['lock', 'receive', 'send', 'join', 'sync', 'result'] as const).map(numberOf);

/** A loop that was off the processor for less than this, ns, and this share of the time, is not said to stand in a native call. */
const LEAST_NATIVE = 5e6;
const LEAST_SHARE = 0.03;
/** A thread that has used less than this between two looks, ns, or share of the time, has done nothing but wake now and then. */
const NOTHING_USED = 1e6;
const HARDLY_USED = 0.005;

/** What is asked of a thread. */
export type Measured = Pick<ThreadEntity, 'start' | 'track' | 'usage' | 'hasDebugger'>;

/** How the time between two points of a thread's {@link Usage} is made up. Shares are of 1. */
interface Mix {
  /** On a processor or ready for one: of the time that shows no wait, of that in which the loop turns, and of synchronous waits. */
  active: number;
  open: number;
  still: number;
  /** Of these: on a processor. */
  used: number;
  /** What the rest of the time that shows no wait is, and its share; what is left of it is idle. */
  activeOff: number;
  activeShare: number;
  /** The same of the time at rest. */
  idleOff: number;
  idleShare: number;
}

/** ns by what the track shows, between two points. */
interface Off {
  readonly active: number;
  readonly holding: number;
  readonly idle: number;
  readonly waits: number;
}

/**
 * What a thread did, moment by moment: the one place where the waits that it tells and the processor time that it has used become
 * one answer. On a processor, ready without one, in a wait, idle in its loop, in a native call, paused, stopped, or not known:
 * the parts of a stretch add up to its length. Between two points of its usage what was used is spread evenly over the time in
 * which the thread may have run, a synchronous wait last.
 */
export class Spent {
  private readonly thread: Measured;
  private readonly sums: Shown;
  /** Row `k`: ns by state of all stretches before the stretch `k`, which ends with the point `k`. */
  private rows = new Float64Array(SPENT_COUNT * 8);
  private readonly mixes: Mix[] = [];
  private begin: number;

  constructor(thread: Measured) {
    this.thread = thread;
    this.sums = new Shown(thread.track);
    this.begin = thread.start;
  }

  /** From here on there is something to tell: a thread runs before its first record. */
  get first(): number {
    const { track, start } = this.thread;
    return track.length === 0 ? Number.POSITIVE_INFINITY : Math.min(Math.round(start), track.starts[0]!);
  }

  /** Up to here nothing can change any more. */
  get settled(): number {
    const { track, usage } = this.thread;
    if (usage.length === 0) return track.length === 0 ? 0 : track.starts[track.length - 1]!;
    const last = lastTold(usage, usage.length - 1);
    return last < 0 ? 0 : usage.times[last]!;
  }

  /** Adds to `out` the ns by state of [from, to). `goesOn`: nothing was fed since the last call, which ended there. */
  addTo(out: Float64Array, from: number, to: number, goesOn = false): void {
    if (!(to > from)) return;
    if (!goesOn) {
      this.sums.restart();
      this.update();
    }
    const { times, length } = this.thread.usage;
    const low = stretchAt(times, length, from);
    const high = stretchAt(times, length, to);
    if (low === high) {
      this.part(low, from, to, out);
      return;
    }
    this.part(low, from, times[low]!, out);
    for (let s = 0; s < SPENT_COUNT; s++)
      out[s]! += this.rows[high * SPENT_COUNT + s]! - this.rows[(low + 1) * SPENT_COUNT + s]!;
    this.part(high, times[high - 1]!, to, out);
  }

  /** What a slice is called: of one that is no wait what lasted longest in it, and how much of it the thread ran. */
  slice(
    shown: number,
    from: number,
    to: number,
  ): { readonly state: TrackState; readonly busy: number | null; readonly ready: number } {
    const ns = new Float64Array(SPENT_COUNT);
    // One that has just begun has no length yet.
    this.addTo(ns, from, Math.max(to, from + 1));
    let state = shown;
    if (shown === RUNNING || shown === IDLE) state = ns.indexOf(Math.max(...ns));
    const { times, length } = this.thread.usage;
    const isKnown = length > 0 && from < times[length - 1]!;
    return {
      state: TRACK_STATES[state] ?? 'unknown',
      busy: isKnown ? ns[RUNNING]! : null,
      ready: ns[READY]!,
    };
  }

  private part(stretch: number, from: number, to: number, out: Float64Array): void {
    if (to > from) apply(this.mixes[stretch] ?? UNMEASURED, this.shown(from, to), out);
  }

  /** Sums of the track in [from, to); before its first slice the thread was starting. */
  private shown(from: number, to: number): Float64Array {
    const { track } = this.thread;
    const first = track.length === 0 ? Number.POSITIVE_INFINITY : track.starts[0]!;
    const start = Math.max(from, first);
    if (from >= first && to > start) return this.sums.of(start, to);
    const sums = to > start ? Float64Array.from(this.sums.of(start, to)) : new Float64Array(SUM_COUNT);
    const begin = Math.max(from, Math.min(first, this.begin));
    if (track.length > 0) sums[RUNNING]! += Math.max(0, Math.min(to, first) - begin);
    return sums;
  }

  /** Brings rows and mixes up to date with the points. */
  private update(): void {
    const { usage, start } = this.thread;
    const { length, changedFrom } = usage;
    const isSame = start === this.begin;
    if (isSame && this.mixes.length === length + 1 && changedFrom >= length) return;
    this.begin = start;
    // What lies between two points that the thread has told is known only with the later one.
    const from = isSame ? lastTold(usage, Math.min(changedFrom, length) - 1) + 1 : 0;
    usage.changedFrom = length;
    this.mixes.length = Math.min(this.mixes.length, from);
    this.ensureRows(length + 1);
    for (let at = from; at < length; ) at = this.settle(at);
    this.mixes.push(this.tail());
  }

  /** Makes the mixes of the stretches from `at` up to the next point that the thread has told; returns the index behind. */
  private settle(at: number): number {
    const { usage } = this.thread;
    let end = at;
    while (end < usage.length && usage.seen[end] !== SEEN.told) end++;
    const whole = end < usage.length;
    const last = whole ? end : usage.length - 1;
    const offs: Off[] = [];
    for (let k = at; k <= last; k++) offs.push(this.measure(k));
    const idle = whole ? usage.idle[end]! - (at === 0 ? 0 : usage.idle[at - 1]!) : Number.NaN;
    explain(this.thread, this.mixes, offs, at, idle);
    for (let k = at; k <= last; k++) this.writeRow(k);
    return last + 1;
  }

  /** How much of the stretch that ends with point `k` was used. */
  private measure(k: number): Off {
    const { usage } = this.thread;
    const from = k === 0 ? Math.min(this.begin, usage.times[0]!) : usage.times[k - 1]!;
    const shown = this.shown(from, usage.times[k]!);
    const { active, holding, idle, waits, still } = groupsOf(shown);
    const total = active + holding + idle + waits + still;
    const used = Math.min(total, usage.used[k]! - (k === 0 ? 0 : usage.used[k - 1]!));
    const since = k === 0 ? 0 : usage.ready[k - 1]!;
    const ready = Math.min(total - used, Math.max(0, usage.ready[k]! - since || 0));
    const mix: Mix = { ...UNMEASURED, used: used + ready > 0 ? used / (used + ready) : 1 };
    let left = used + ready;
    left -= mix.active = Math.min(left, active + holding);
    left -= mix.open = Math.min(left, idle + waits);
    mix.active = shareOf(mix.active, active + holding);
    mix.open = shareOf(mix.open, idle + waits);
    mix.still = shareOf(Math.min(left, still), still);
    this.mixes[k] = mix;
    const off = 1 - mix.active;
    return {
      active: active * off,
      holding: holding * off,
      idle: idle * (1 - mix.open),
      waits: waits * (1 - mix.open),
    };
  }

  private writeRow(k: number): void {
    const { times } = this.thread.usage;
    const at = (k + 1) * SPENT_COUNT;
    this.rows.copyWithin(at, k * SPENT_COUNT, at);
    const from = k === 0 ? Math.min(this.begin, times[0]!) : times[k - 1]!;
    apply(this.mixes[k]!, this.shown(from, times[k]!), this.rows.subarray(at, at + SPENT_COUNT));
  }

  /**
   * After the last point. A thread that was stopped then, and has told nothing since, still is; one that ran, though it had told
   * before that it rests, has gone on without a record, and may rest again or not.
   */
  private tail(): Mix {
    const { usage } = this.thread;
    const seen = usage.seen[usage.length - 1];
    if (seen === SEEN.stopped) return { ...UNMEASURED, activeOff: STOPPED, idleOff: STOPPED, idleShare: 1 };
    return seen === SEEN.running ? { ...UNMEASURED, idleShare: 1 } : UNMEASURED;
  }

  private ensureRows(count: number): void {
    if (count * SPENT_COUNT <= this.rows.length) return;
    const rows = new Float64Array(Math.max(count * SPENT_COUNT, Math.ceil(this.rows.length * 1.5)));
    rows.set(this.rows);
    this.rows = rows;
  }
}

/** Nothing is known of processors: what shows no wait may be anything, what rests is idle. */
const UNMEASURED: Mix = {
  active: 0,
  open: 0,
  still: 0,
  used: 1,
  activeOff: UNKNOWN,
  activeShare: 1,
  idleOff: UNKNOWN,
  idleShare: 0,
};

/** Index of the last point at or before `at` that the thread has told itself, -1: none. */
function lastTold({ seen }: Usage, at: number): number {
  let i = at;
  while (i >= 0 && seen[i] !== SEEN.told) i--;
  return i;
}

/** The stretch that holds `time`: that which ends with the first point after it. */
function stretchAt(times: Float64Array, length: number, time: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function groupsOf(shown: Float64Array): Off & { readonly still: number } {
  let waits = 0;
  for (const s of WAITS) waits += shown[s]!;
  const still = Math.min(shown[STILL]!, waits);
  return {
    active: shown[RUNNING]!,
    holding: shown[HOLDING]!,
    idle: shown[IDLE]!,
    waits: waits - still,
    still,
  };
}

function shareOf(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, part / whole) : 0;
}

/** Says of the stretches from `at` on what the thread did while it was off the processors. `idle`: of its loop over all of them. */
function explain(thread: Measured, mixes: Mix[], offs: readonly Off[], at: number, idle: number): void {
  const { usage } = thread;
  let active = 0;
  let rest = 0;
  let open = 0;
  let stopped = false;
  for (const [i, off] of offs.entries()) {
    const here = seenOff(thread, at + i);
    if (here === STOPPED) {
      put(mixes[at + i]!, STOPPED, 1, 1);
      stopped = true;
      continue;
    }
    active += off.active;
    rest += off.idle;
    open += off.waits + off.holding;
    if (Number.isNaN(idle)) {
      if (here === IDLE) put(mixes[at + i]!, IDLE, 0, 0);
      else if (here !== UNKNOWN) put(mixes[at + i]!, here, 1, 1);
    }
  }
  if (Number.isNaN(idle)) return;
  const begin = at === 0 ? thread.start : usage.times[at - 1]!;
  const span = usage.times[at + offs.length - 1]! - begin;
  const missing = active + rest + open - idle;
  const least = Math.max(LEAST_NATIVE, LEAST_SHARE * span);
  const native = missing > least ? Math.min(missing, active + rest) : 0;
  const ofActive = Math.min(native, active);
  const kind = stopped || !knowsReady(usage, at, offs.length) ? UNKNOWN : nativeKind(thread, at, offs.length);
  for (let k = at; k < at + offs.length; k++)
    if (mixes[k]!.activeOff !== STOPPED)
      put(mixes[k]!, kind, shareOf(ofActive, active), shareOf(native - ofActive, rest));
}

function put(mix: Mix, off: number, activeShare: number, idleShare: number): void {
  mix.activeOff = off;
  mix.activeShare = activeShare;
  mix.idleOff = off;
  mix.idleShare = idleShare;
}

function knowsReady({ ready }: Usage, at: number, count: number): boolean {
  return !Number.isNaN(ready[at + count - 1]!) && (at === 0 || !Number.isNaN(ready[at - 1]!));
}

/** What a thread did between two looks from outside that has used nothing between them: it still sleeps in the same. */
export function seenOff({ usage, hasDebugger }: Measured, k: number): number {
  const seen = usage.seen[k]!;
  if (k === 0) return UNKNOWN;
  if (usage.seen[k - 1] === SEEN.stopped)
    return seen === SEEN.told || seen === SEEN.stopped ? STOPPED : UNKNOWN;
  const most = Math.max(NOTHING_USED, HARDLY_USED * (usage.times[k]! - usage.times[k - 1]!));
  const isSame = usage.seen[k - 1] === seen && usage.used[k]! - usage.used[k - 1]! < most;
  if (!isSame) return UNKNOWN;
  if (seen === SEEN.loop) return IDLE;
  if (seen === SEEN.call) return NATIVE;
  if (seen === SEEN.futex) return hasDebugger ? PAUSED : NATIVE;
  return UNKNOWN;
}

/** A loop that did not turn, though the thread was off the processors. */
function nativeKind({ usage, hasDebugger }: Measured, at: number, count: number): number {
  if (!hasDebugger) return NATIVE;
  const seen = usage.seen.subarray(at, at + count);
  if (seen.includes(SEEN.futex)) return PAUSED;
  return seen.includes(SEEN.call) ? NATIVE : UNKNOWN;
}

/** Adds to `out` the ns by state of a stretch, or of a part of it, of which the track shows this. Called for every bucket: it allocates nothing. */
function apply(mix: Mix, shown: Float64Array, out: Float64Array): void {
  const active = shown[RUNNING]!;
  const holding = shown[HOLDING]!;
  const idle = shown[IDLE]!;
  let waits = 0;
  for (let i = 0; i < WAITS.length; i++) waits += shown[WAITS[i]!]!;
  const still = Math.min(shown[STILL]!, waits);
  const waiting = (waits - still) * mix.open + still * mix.still;
  const run = (active + holding) * mix.active + idle * mix.open + waiting;
  out[RUNNING]! += run * mix.used;
  out[READY]! += run * (1 - mix.used);
  out[HOLDING]! += holding * (1 - mix.active);
  const activeOff = active * (1 - mix.active);
  const idleOff = idle * (1 - mix.open);
  out[mix.activeOff]! += activeOff * mix.activeShare;
  out[mix.idleOff]! += idleOff * mix.idleShare;
  out[IDLE]! += activeOff * (1 - mix.activeShare) + idleOff * (1 - mix.idleShare);
  out[EXITED]! += shown[EXITED]!;
  if (waits === 0) return;
  const left = 1 - waiting / waits;
  for (let i = 0; i < WAITS.length; i++) out[WAITS[i]!]! += shown[WAITS[i]!]! * left;
}
