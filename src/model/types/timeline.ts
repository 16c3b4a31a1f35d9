import { WAIT_TRACKS } from '../../trace/format/records.ts';
import type { WaitKind } from './process.ts';
import type { CallSite } from './site.ts';

/** An arrow: a message from its send to its receive. */
export interface FlowView {
  readonly resource: string;
  readonly n: number;
  readonly fromThread: string;
  readonly sendTime: number;
  readonly toThread: string;
  readonly receiveTime: number;
  readonly bytes: number;
}

/** A stretch of one state on a thread's track. */
export interface SliceView {
  readonly start: number;
  /** `null`: open. */
  readonly end: number | null;
  /** Of what is no wait: what lasted longest in it. */
  readonly state: TrackState;
  readonly resource: string | null;
  readonly site: CallSite | null;
  /** ns of it on a processor, `null`: not known. */
  readonly busy: number | null;
  /** ns of it in which the thread could have run and had no processor; 0 also where the system does not tell. */
  readonly ready: number;
}
/**
 * What a thread did at a moment, finer than {@link ThreadState}. Index = number in the timeline's tiles. `running`: on a processor.
 * `ready`: it could have run and had no processor. `lock` to `result`: in a wait. `idle`: its event loop had nothing to do.
 * `holding`: it held a lock, and did nothing. `native`: off the processors in a call outside of JavaScript. `paused`: by a
 * debugger. `stopped`: by a signal. `unknown`: it is not known to have waited, nor what it used of the processors.
 */
export const TRACK_STATES = [
  'running',
  'lock',
  'receive',
  'send',
  'join',
  'sync',
  'result',
  'idle',
  'holding',
  'exited',
  'ready',
  'native',
  'paused',
  'stopped',
  'unknown',
] as const;
export type TrackState = (typeof TRACK_STATES)[number];

/** Bits of states, as in {@link TrackTile.mask}. */
export function maskOf(states: readonly TrackState[]): number {
  return states.reduce((mask, state) => mask | (1 << TRACK_STATES.indexOf(state)), 0);
}

/** What a track shows during each kind of wait. */
export const WAIT_STATES: Readonly<Record<WaitKind, TrackState>> = WAIT_TRACKS;

/** One lane of the timeline: a thread. */
export interface TrackView {
  readonly thread: string;
  readonly process: string;
  readonly label: string;
  readonly depth: number;
  readonly start: number;
  readonly end: number | null;
  readonly slices: number;
}

/** Tiles of one track over a range: what the timeline draws. Arrays have one entry a bucket. */
export interface TrackTile {
  readonly thread: string;
  /** Dominant state (index in TRACK_STATES), 255: nothing. */
  readonly state: Uint8Array;
  /** Share of the dominant state in the bucket, 0–255. */
  readonly share: Uint8Array;
  /** OR of `1 << state` over all that occur in the bucket, so that a rare wait never vanishes. */
  readonly mask: Uint16Array;
  /** Share of the bucket in which the thread was on a processor, 0–255; 0 also where nobody knows: then the state is `unknown`. */
  readonly busy: Uint8Array;
}

/** What a thread had used of the processors at a moment, ns since it began; between two of them only the difference is known. */
export interface UsageView {
  readonly time: number;
  readonly used: number;
}

/** What one track did during a range. Arrays have one entry a state of {@link TRACK_STATES}. */
export interface TrackStats {
  readonly thread: string;
  /** Time in the state, ns, clipped to the range. They add up to the time for which the track was there. */
  readonly ns: Float64Array;
  /** Of states that a track has slices of: how many of them touch the range. */
  readonly count: Float64Array;
}
