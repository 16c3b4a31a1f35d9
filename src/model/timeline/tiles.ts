import { STATE_COUNT, type Track } from '../state/track.ts';
import { type SliceView, TRACK_STATES, type TrackStats, type TrackTile } from '../types/index.ts';
import { SPENT_COUNT, type Spent } from './spent.ts';

/** Half-open, ns since the session's origin. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

/** Buckets of a cached tile. */
const TILE = 256;
/** Cached tiles over all tracks, 1 KB each. */
const MOST_TILES = 16_384;
const RUNNING = TRACK_STATES.indexOf('running');
/** Less than this is what rounding leaves, ns. */
const LEAST = 1e-3;
/** Value of `TrackTile.state` where a track has nothing. */
export const NOTHING = 255;

export interface Buckets {
  readonly state: Uint8Array;
  readonly share: Uint8Array;
  readonly mask: Uint16Array;
  readonly busy: Uint8Array;
}

export function makeBuckets(count: number): Buckets {
  const buckets = {
    state: new Uint8Array(count),
    share: new Uint8Array(count),
    mask: new Uint16Array(count),
    busy: new Uint8Array(count),
  };
  buckets.state.fill(NOTHING);
  return buckets;
}

/**
 * The smallest range of power-of-two buckets that covers `range` with at least one bucket a pixel: what a client asks for so
 * that panning and zooming hit cached tiles.
 */
export function tileRange(range: TimeRange, pixels: number): { range: TimeRange; buckets: number } {
  const width =
    2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, (range.end - range.start) / Math.max(1, pixels)))));
  const start = Math.floor(range.start / width) * width;
  const buckets = Math.max(1, Math.ceil((range.end - start) / width));
  return { range: { start, end: start + buckets * width }, buckets };
}

/** Fills `count` buckets of `width` ns from `start`. The last slice is taken to last until `until`. */
export function fillBuckets(
  spent: Spent,
  start: number,
  width: number,
  until: number,
  out: Buckets,
  offset: number,
  count: number,
): void {
  const { first } = spent;
  if (first >= until) return;
  const durations = new Float64Array(SPENT_COUNT);
  let goesOn = false;
  for (let b = Math.max(0, Math.floor((first - start) / width)); b < count; b++) {
    const from = Math.max(start + b * width, first);
    const to = Math.min(start + (b + 1) * width, until);
    if (from >= until) return;
    durations.fill(0);
    spent.addTo(durations, from, to, goesOn);
    goesOn = true;
    writeBucket(durations, width, out, offset + b);
  }
}

function writeBucket(durations: Float64Array, width: number, out: Buckets, at: number): void {
  let best = NOTHING;
  let most = 0;
  let mask = 0;
  for (let s = 0; s < SPENT_COUNT; s++) {
    const ns = durations[s] as number;
    if (ns <= LEAST) continue;
    mask |= 1 << s;
    if (ns > most) {
      most = ns;
      best = s;
    }
  }
  out.state[at] = best;
  out.share[at] = partOf(most, width);
  out.mask[at] = mask;
  out.busy[at] = partOf(durations[RUNNING] as number, width);
}

/** 1 to 255 of 255 for what there is of it. */
function partOf(ns: number, width: number): number {
  return ns <= LEAST ? 0 : Math.max(1, Math.round((255 * Math.min(ns, width)) / width));
}

interface CachedTile {
  readonly buckets: Buckets;
  /** So many of its buckets can't change any more. */
  complete: number;
}

/** Tiles of any range from cached power-of-two tiles where the range fits them, and from prefix sums where not. */
export class TileCache {
  private readonly tiles = new Map<Spent, Map<number, CachedTile>>();
  private size = 0;

  query(spent: Spent, threadId: string, range: TimeRange, buckets: number, until: number): TrackTile {
    const out = makeBuckets(buckets);
    const width = (range.end - range.start) / buckets;
    if (!(width > 0)) return { thread: threadId, ...out };
    const level = Math.log2(width);
    const aligned =
      Number.isInteger(level) && level >= 0 && Number.isInteger(range.start / width) && range.start >= 0;
    if (!aligned) fillBuckets(spent, range.start, width, until, out, 0, buckets);
    else this.compose(spent, range.start / width, level, until, out, buckets);
    return { thread: threadId, ...out };
  }

  private compose(
    spent: Spent,
    firstBucket: number,
    level: number,
    until: number,
    out: Buckets,
    buckets: number,
  ): void {
    for (let done = 0; done < buckets; ) {
      const bucket = firstBucket + done;
      const tile = Math.floor(bucket / TILE);
      const within = bucket - tile * TILE;
      const count = Math.min(TILE - within, buckets - done);
      const cached = this.tile(spent, tile, level, until);
      out.state.set(cached.state.subarray(within, within + count), done);
      out.share.set(cached.share.subarray(within, within + count), done);
      out.mask.set(cached.mask.subarray(within, within + count), done);
      out.busy.set(cached.busy.subarray(within, within + count), done);
      done += count;
    }
  }

  /** A cached tile; the buckets that the open slice reaches are made anew each time. */
  private tile(spent: Spent, index: number, level: number, until: number): Buckets {
    const width = 2 ** level;
    const start = index * TILE * width;
    const cached = this.entry(spent, index * 64 + level);
    const { buckets, complete } = cached;
    if (complete === TILE) return buckets;
    buckets.state.fill(NOTHING, complete);
    buckets.share.fill(0, complete);
    buckets.mask.fill(0, complete);
    buckets.busy.fill(0, complete);
    fillBuckets(spent, start + complete * width, width, until, buckets, complete, TILE - complete);
    const closed = Math.floor((spent.settled - start) / width);
    cached.complete = Math.max(complete, Math.min(TILE, closed));
    return buckets;
  }

  private entry(spent: Spent, key: number): CachedTile {
    let ofTrack = this.tiles.get(spent);
    if (ofTrack === undefined) {
      ofTrack = new Map();
      this.tiles.set(spent, ofTrack);
    }
    let cached = ofTrack.get(key);
    if (cached !== undefined) return cached;
    if (this.size >= MOST_TILES) this.clear();
    cached = { buckets: makeBuckets(TILE), complete: 0 };
    ofTrack.set(key, cached);
    this.size++;
    return cached;
  }

  private clear(): void {
    for (const ofTrack of this.tiles.values()) ofTrack.clear();
    this.size = 0;
  }
}

/** Time by state in a range, and how often each state begins or goes on in it. */
export function trackStats(
  { track, spent }: { readonly track: Track; readonly spent: Spent },
  threadId: string,
  range: TimeRange,
  until: number,
): TrackStats {
  const ns = new Float64Array(SPENT_COUNT);
  const count = new Float64Array(SPENT_COUNT);
  const from = Math.max(range.start, spent.first);
  const to = Math.min(range.end, until);
  if (!(to > from)) return { thread: threadId, ns, count };
  spent.addTo(ns, from, to);
  const begin = Math.max(0, track.indexAt(from));
  let last = track.indexAt(to);
  if ((track.starts[last] as number) === to) last--;
  const before = new Float64Array(STATE_COUNT);
  track.countTo(begin, before);
  track.countTo(last + 1, count);
  for (let s = 0; s < STATE_COUNT; s++) count[s]! -= before[s] as number;
  return { thread: threadId, ns, count };
}

/** Makes the view of one slice. */
export type SliceMaker = (track: Track, index: number) => SliceView;

/** Slices that touch a range in order of time, at most `limit`: then the longest ones. */
export function slicesOf(
  track: Track,
  range: TimeRange,
  limit: number,
  until: number,
  make: SliceMaker,
): SliceView[] {
  if (track.length === 0 || range.start >= until) return [];
  const first = Math.max(0, track.indexAt(range.start));
  let last = track.indexAt(range.end);
  if (last >= 0 && (track.starts[last] as number) === range.end && range.end > range.start) last--;
  const indices: number[] = [];
  if (last - first + 1 <= limit) for (let i = first; i <= last; i++) indices.push(i);
  else indices.push(...longest(track, first, last, limit, until));
  return indices.map((i) => make(track, i));
}

/** The `limit` longest slices: the longest of each of `limit` runs of neighbours, so that all parts of the range are shown. */
function longest(track: Track, first: number, last: number, limit: number, until: number): number[] {
  const chosen: number[] = [];
  const run = (last - first + 1) / Math.max(1, limit);
  for (let r = 0; r < limit; r++) {
    const from = first + Math.floor(r * run);
    const to = Math.min(last + 1, first + Math.floor((r + 1) * run));
    let best = -1;
    let most = -1;
    for (let i = from; i < to; i++) {
      const end = i + 1 < track.length ? (track.starts[i + 1] as number) : until;
      const length = end - (track.starts[i] as number);
      if (length > most) {
        most = length;
        best = i;
      }
    }
    if (best >= 0) chosen.push(best);
  }
  return chosen;
}
