import type { TrackState, TrackTile } from '../../model/types/index.ts';
import { TRACK_STATES } from '../../model/types/index.ts';
import type { SessionHandle, TimeRange } from '../../protocol/session.ts';
import type { FoundSlice, TimelineQueries } from '../../protocol/timeline.ts';

type SeekArgs = TimelineQueries['seek']['args'];
type Session = Pick<SessionHandle, 'query'>;

const BUCKETS = 256;
/** A range this short is searched slice by slice. ns */
const EXACT_SPAN = BUCKETS;
/** A range with fewer slices than this is searched slice by slice. */
const EXACT_SLICES = 2_000;

function maskOf(states: readonly TrackState[]): number {
  return states.reduce((mask, state) => mask | (1 << TRACK_STATES.indexOf(state)), 0);
}

/** Does a wanted slice perhaps begin in the bucket? Not inside of a long one, where this and the last bucket hold nothing else. */
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

/** Looks at every slice that begins in the range. `undefined`: there are too many to look at. */
async function exact(session: Session, args: SeekArgs, range: TimeRange) {
  let best: FoundSlice | null = null;
  const limit = range.end - range.start <= EXACT_SPAN ? EXACT_SLICES * 50 : EXACT_SLICES;
  for (const thread of args.threads) {
    const slices = await session.query('slices', { thread, range, limit });
    if (slices.length >= limit && limit === EXACT_SLICES) return undefined;
    for (const slice of slices) {
      const beyond = args.forward ? slice.start > args.time : slice.start < args.time;
      const inside = slice.start >= range.start && slice.start < range.end;
      if (!beyond || !inside || !args.states.includes(slice.state)) continue;
      const nearer =
        best === null || (args.forward ? slice.start < best.slice.start : slice.start > best.slice.start);
      if (nearer) best = { thread, slice };
    }
  }
  return best;
}

async function search(session: Session, args: SeekArgs, range: TimeRange): Promise<FoundSlice | null> {
  const found = await exact(session, args, range);
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
