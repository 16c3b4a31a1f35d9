import type { FoundChunk } from './tiles.ts';
import { CHUNK } from './tiles.ts';

/** What a track shows, an entry for each device pixel of the row. */
export interface PixelRow {
  /** Index in `TRACK_STATES` of the state that lasts longest in the pixel, `NO_STATE`: none is known. */
  readonly state: Uint8Array;
  /** Share of the pixel's time that this state lasts, 0–255. */
  readonly share: Uint8Array;
  /** A bit, `1 << index`, for each state that occurs in the pixel. */
  readonly mask: Uint16Array;
  /** Share of the pixel's time on a processor, 0–255. */
  readonly busy: Uint8Array;
}

export const NO_STATE = 255;

export function makeRow(width: number): PixelRow {
  return {
    state: new Uint8Array(width),
    share: new Uint8Array(width),
    mask: new Uint16Array(width),
    busy: new Uint8Array(width),
  };
}

/** Folds the buckets `[from, to)` of a chunk into pixel `x`. */
function foldPixel(row: PixelRow, x: number, found: FoundChunk, from: number, to: number): void {
  const { state, share, mask, busy } = found.chunk;
  let bestShare = row.state[x] === NO_STATE ? -1 : row.share[x]!;
  let best = row.state[x]!;
  let bits = row.mask[x]!;
  let used = 0;
  for (let b = from; b < to; b += 1) {
    bits |= mask[b]!;
    used += busy[b]!;
    if (state[b] !== NO_STATE && share[b]! > bestShare) {
      best = state[b]!;
      bestShare = share[b]!;
    }
  }
  row.state[x] = best;
  row.share[x] = Math.max(0, bestShare);
  row.mask[x] = bits;
  // A pixel at the border of two chunks is folded twice: then the higher of the two is shown.
  if (to > from) row.busy[x] = Math.max(row.busy[x]!, Math.ceil(used / (to - from)));
}

/**
 * Folds tiles to one entry a pixel, for pixels whose first begins at `start` and each of which is `nsPerPixel` long.
 * A pixel that spans buckets takes the state of the bucket with the largest share, and the OR of all masks, without which
 * rare waits would vanish. Where `find` has no chunk, it is asked again at the next multiple of `gap` ns.
 */
export function foldRow(
  row: PixelRow,
  start: number,
  nsPerPixel: number,
  last: number,
  gap: number,
  find: (time: number) => FoundChunk | undefined,
): void {
  const width = row.state.length;
  row.state.fill(NO_STATE);
  row.share.fill(0);
  row.mask.fill(0);
  row.busy.fill(0);
  let x = Math.max(0, Math.ceil(-start / nsPerPixel - 1));
  const stop = Math.min(width, Math.ceil((last - start) / nsPerPixel));
  while (x < stop) {
    const time = Math.max(0, start + x * nsPerPixel);
    const found = find(time);
    if (!found) {
      const next = (Math.floor(time / gap) + 1) * gap;
      x = Math.max(x + 1, Math.floor((next - start) / nsPerPixel));
      continue;
    }
    const end = found.start + CHUNK * found.bucket;
    for (; x < stop; x += 1) {
      const from = Math.max(0, start + x * nsPerPixel);
      if (from >= end) break;
      const b = Math.floor((from - found.start) / found.bucket);
      const to = Math.ceil((start + (x + 1) * nsPerPixel - found.start) / found.bucket);
      foldPixel(row, x, found, b, Math.min(CHUNK, Math.max(b + 1, to)));
      if (to > CHUNK) foldNext(row, x, start + (x + 1) * nsPerPixel, end, find);
    }
  }
}

/** A pixel on the border of two chunks also gets what the next one has for it. */
function foldNext(
  row: PixelRow,
  x: number,
  until: number,
  border: number,
  find: (t: number) => FoundChunk | undefined,
): void {
  const next = find(border);
  if (!next) return;
  const from = Math.floor((border - next.start) / next.bucket);
  const to = Math.min(CHUNK, Math.ceil((until - next.start) / next.bucket));
  foldPixel(row, x, next, from, Math.max(from, to));
}
