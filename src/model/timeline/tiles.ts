import { STATE_COUNT, type Track } from '../state/track.ts';
import type { SliceView, TrackStats, TrackTile } from '../types/index.ts';

/** Half-open, ns since the session's origin. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

/** Buckets of a cached tile. */
const TILE = 256;
/** Cached tiles over all tracks, 1 KB each. */
const MOST_TILES = 16_384;
/** Up to so many slices a walk is cheaper than two rows of prefix sums. */
const WALK = 48;
/** Value of `TrackTile.state` where a track has nothing. */
export const NOTHING = 255;

export interface Buckets {
  readonly state: Uint8Array;
  readonly share: Uint8Array;
  readonly mask: Uint16Array;
}

export function makeBuckets(count: number): Buckets {
  const buckets = {
    state: new Uint8Array(count),
    share: new Uint8Array(count),
    mask: new Uint16Array(count),
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
  track: Track,
  start: number,
  width: number,
  until: number,
  out: Buckets,
  offset: number,
  count: number,
): void {
  if (track.length === 0) return;
  const first = track.starts[0] as number;
  const sums = new Sums(track);
  for (let b = Math.max(0, Math.floor((first - start) / width)); b < count; b++) {
    const from = Math.max(start + b * width, first);
    const to = Math.min(start + (b + 1) * width, until);
    if (from >= until) return;
    if (to > from) writeBucket(sums.advance(from, to), width, out, offset + b);
  }
}

/** Time by state of one stretch after another: a walk where slices are few, the difference of two prefix sums where many. */
class Sums {
  private readonly track: Track;
  private readonly durations = new Float64Array(STATE_COUNT);
  private before = new Float64Array(STATE_COUNT);
  private after = new Float64Array(STATE_COUNT);
  /** Slice at the end of the last stretch, -1 before the first. */
  private index = -1;
  /** The time up to which `after` sums, -1: none. */
  private summed = -1;

  constructor(track: Track) {
    this.track = track;
  }

  /** The time by state of [from, to), in an array that the next call reuses. */
  advance(from: number, to: number): Float64Array {
    const { track, durations } = this;
    if (this.index < 0) this.index = track.indexAt(from);
    const near = this.index + WALK;
    if (near >= track.length - 1 || (track.starts[near] as number) > to) {
      durations.fill(0);
      this.walk(from, to);
      return durations;
    }
    [this.before, this.after] = [this.after, this.before];
    if (this.summed !== from) {
      this.before.fill(0);
      track.sumTo(this.index, from, this.before);
    }
    this.index = track.indexAt(to, near);
    this.after.fill(0);
    track.sumTo(this.index, to, this.after);
    this.summed = to;
    for (let s = 0; s < STATE_COUNT; s++)
      durations[s] = (this.after[s] as number) - (this.before[s] as number);
    return durations;
  }

  private walk(from: number, to: number): void {
    const { starts, states, length } = this.track;
    const { durations } = this;
    let { index } = this;
    let at = from;
    for (
      let next = starts[index + 1] as number;
      index + 1 < length && next <= to;
      next = starts[index + 1] as number
    ) {
      durations[states[index] as number]! += next - at;
      at = next;
      index++;
    }
    durations[states[index] as number]! += to - at;
    this.index = index;
  }
}

function writeBucket(durations: Float64Array, width: number, out: Buckets, at: number): void {
  let best = NOTHING;
  let most = 0;
  let mask = 0;
  for (let s = 0; s < STATE_COUNT; s++) {
    const ns = durations[s] as number;
    if (ns <= 0) continue;
    mask |= 1 << s;
    if (ns > most) {
      most = ns;
      best = s;
    }
  }
  out.state[at] = best;
  out.share[at] = most === 0 ? 0 : Math.max(1, Math.round((255 * Math.min(most, width)) / width));
  out.mask[at] = mask;
}

interface CachedTile {
  readonly buckets: Buckets;
  /** So many of its buckets can't change any more. */
  complete: number;
}

/** Tiles of any range from cached power-of-two tiles where the range fits them, and from prefix sums where not. */
export class TileCache {
  private readonly tiles = new Map<Track, Map<number, CachedTile>>();
  private size = 0;

  query(track: Track, threadId: string, range: TimeRange, buckets: number, until: number): TrackTile {
    const out = makeBuckets(buckets);
    const width = (range.end - range.start) / buckets;
    if (!(width > 0)) return { thread: threadId, ...out };
    const level = Math.log2(width);
    const aligned =
      Number.isInteger(level) && level >= 0 && Number.isInteger(range.start / width) && range.start >= 0;
    if (!aligned) fillBuckets(track, range.start, width, until, out, 0, buckets);
    else this.compose(track, range.start / width, level, until, out, buckets);
    return { thread: threadId, ...out };
  }

  private compose(
    track: Track,
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
      const cached = this.tile(track, tile, level, until);
      out.state.set(cached.state.subarray(within, within + count), done);
      out.share.set(cached.share.subarray(within, within + count), done);
      out.mask.set(cached.mask.subarray(within, within + count), done);
      done += count;
    }
  }

  /** A cached tile; the buckets that the open slice reaches are made anew each time. */
  private tile(track: Track, index: number, level: number, until: number): Buckets {
    const width = 2 ** level;
    const start = index * TILE * width;
    const cached = this.entry(track, index * 64 + level);
    const { buckets, complete } = cached;
    if (complete === TILE) return buckets;
    buckets.state.fill(NOTHING, complete);
    buckets.share.fill(0, complete);
    buckets.mask.fill(0, complete);
    fillBuckets(track, start + complete * width, width, until, buckets, complete, TILE - complete);
    const closed = Math.floor((closedUntil(track) - start) / width);
    cached.complete = Math.max(complete, Math.min(TILE, closed));
    return buckets;
  }

  private entry(track: Track, key: number): CachedTile {
    let ofTrack = this.tiles.get(track);
    if (ofTrack === undefined) {
      ofTrack = new Map();
      this.tiles.set(track, ofTrack);
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

/** Up to here a track can't change any more. */
function closedUntil(track: Track): number {
  return track.length === 0 ? 0 : (track.starts[track.length - 1] as number);
}

/** Exact time and number of slices by state in a range. */
export function trackStats(track: Track, threadId: string, range: TimeRange, until: number): TrackStats {
  const ns = new Float64Array(STATE_COUNT);
  const count = new Float64Array(STATE_COUNT);
  const first = track.length === 0 ? Number.POSITIVE_INFINITY : (track.starts[0] as number);
  const from = Math.max(range.start, first);
  const to = Math.min(range.end, until);
  if (to <= from) return { thread: threadId, ns, count };
  const begin = track.indexAt(from);
  ns.set(new Sums(track).advance(from, to));
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
