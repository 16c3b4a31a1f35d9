import { maskOf, type SliceView, type TrackTile } from '../../model/types/index.ts';
import type { SessionHandle, TimeRange } from '../../protocol/session.ts';
import type { FoundSlice, TimelineQueries } from '../../protocol/timeline.ts';

type SeekArgs = TimelineQueries['seek']['args'];
type Session = Pick<SessionHandle, 'query'>;

/** Buckets of a range: their masks tell in which of them a wanted state occurs, and only these are searched further. */
const BUCKETS = 256;
/** Slices of a track that are looked at one by one; a range with more is divided first. */
const FEW_SLICES = 2_000;
/** A range of at most so many ns is not divided further: a bucket would be shorter than a nanosecond. */
const SHORTEST_SPAN = BUCKETS;
/** Slices of a track in such a range: records have a resolution of some ns, so there are fewer. */
const MOST_SLICES = 100_000;

/** May a wanted slice begin in the bucket? Not where it and the one before hold the same state alone: then one slice spans both. */
function mayBegin(tile: TrackTile, bucket: number, wanted: number): boolean {
  const mask = tile.mask[bucket] ?? 0;
  if ((mask & wanted) === 0) return false;
  const single = (mask & (mask - 1)) === 0;
  return !(single && bucket > 0 && tile.mask[bucket - 1] === mask);
}

/** Buckets in which one of the states may begin on any track, in the direction of the search. */
function candidates(tiles: readonly TrackTile[], wanted: number, forward: boolean): number[] {
  const found: number[] = [];
  for (let b = 0; b < BUCKETS; b += 1) {
    if (tiles.some((tile) => mayBegin(tile, b, wanted))) found.push(b);
  }
  return forward ? found : found.reverse();
}

/** Does the slice begin in the range, on the side of `args.time` that is searched, in a wanted state? */
function isWanted(
  { start, state }: SliceView,
  { forward, time, states }: SeekArgs,
  range: TimeRange,
): boolean {
  const isBeyond = forward ? start > time : start < time;
  return isBeyond && start >= range.start && start < range.end && states.includes(state);
}

/** The one of the two that the search comes to first. */
function nearer(a: FoundSlice | null, b: FoundSlice, forward: boolean): FoundSlice {
  if (a === null) return b;
  return a.slice.start < b.slice.start === forward ? a : b;
}

/**
 * The nearest wanted slice that begins in the range, found by looking at every slice of it.
 * @returns `null`: there is none; `undefined`: there are too many slices to look at each, so the range must be divided
 */
async function searchSlices(session: Session, args: SeekArgs, range: TimeRange) {
  const isDivisible = range.end - range.start > SHORTEST_SPAN;
  const limit = isDivisible ? FEW_SLICES : MOST_SLICES;
  let best: FoundSlice | null = null;
  for (const thread of args.threads) {
    const slices = await session.query('slices', { thread, range, limit });
    if (isDivisible && slices.length >= limit) return undefined;
    for (const slice of slices) {
      if (isWanted(slice, args, range)) best = nearer(best, { thread, slice }, args.forward);
    }
  }
  return best;
}

async function search(session: Session, args: SeekArgs, range: TimeRange): Promise<FoundSlice | null> {
  const found = await searchSlices(session, args, range);
  if (found !== undefined) return found;
  const tiles = await session.query('tiles', { threads: args.threads, range, buckets: BUCKETS });
  const width = (range.end - range.start) / BUCKETS;
  for (const b of candidates(tiles, maskOf(args.states), args.forward)) {
    const part = { start: range.start + b * width, end: range.start + (b + 1) * width };
    const inside = await search(session, args, part);
    if (inside) return inside;
  }
  return null;
}

/**
 * Finds the nearest slice of the wanted states that begins after `time` (or before it). Narrows by the tiles' masks, so
 * that 10 million slices cost a few tile queries, and looks at exact slices only in a short range.
 */
export async function seekSlice(session: Session, args: SeekArgs): Promise<FoundSlice | null> {
  const range = args.forward ? { start: args.time, end: args.end } : { start: 0, end: args.time };
  if (!(range.end > range.start) || args.threads.length === 0) return null;
  return await search(session, args, range);
}
