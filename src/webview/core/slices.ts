import type { CallSite, SliceView } from '../../model/types/index.ts';
import { TRACK_STATES } from '../../model/types/index.ts';
import type { PackedSlices } from '../../protocol/timeline.ts';
import type { PixelRow } from './fold.ts';
import type { View } from './viewport.ts';

/** Slices of at least this width are drawn one by one, CSS pixels; of shorter ones only the tiles are drawn. */
export const EXACT_PX = 3;

/** The exact slices of one track: entries `[from, to)` of the columns of the packed answer, for the time `range`. */
export interface SliceColumns {
  readonly packed: PackedSlices;
  readonly from: number;
  readonly to: number;
  readonly range: View;
}

/**
 * The part of the row in which a slice may be wide enough to be drawn exactly, in pixels, or `null`: from the first to the
 * last run of pixels that hold nothing but one state, with the mixed pixels beside them. Tracks without such a run are never
 * asked for slices.
 */
export function exactPart(row: PixelRow, minimum: number): [number, number] | null {
  let first = -1;
  let past = -1;
  let begin = 0;
  const { mask } = row;
  const width = mask.length;
  for (let x = 1; x <= width; x += 1) {
    if (x < width && mask[x] === mask[x - 1]) continue;
    const bits = mask[begin]!;
    // The pixels at both ends of a slice are shared with its neighbours: a run of two may be a slice of three.
    if (bits !== 0 && (bits & (bits - 1)) === 0 && x - begin >= minimum - 1) {
      if (first < 0) first = begin;
      past = x;
    }
    begin = x;
  }
  return first < 0 ? null : [Math.max(0, first - 1), Math.min(width, past + 1)];
}

/** The exact slices of each track as last answered. An answer stays in memory as long as one of its tracks refers to it. */
export class SliceCache {
  private readonly tracks = new Map<string, SliceColumns>();

  clear(): void {
    this.tracks.clear();
  }

  store(packed: PackedSlices): void {
    if (this.tracks.size > 512) this.clear();
    for (const [i, thread] of packed.threads.entries()) {
      const [from, to] = [packed.offsets[i]!, packed.offsets[i + 1]!];
      this.tracks.set(thread, { packed, from, to, range: packed.ranges[i]! });
    }
  }

  get(thread: string): SliceColumns | undefined {
    return this.tracks.get(thread);
  }

  /** The exact slice at a moment, where it is known and not shorter than `shortest` ns. */
  at(thread: string, time: number, shortest: number): SliceView | undefined {
    const columns = this.tracks.get(thread);
    if (!columns) return undefined;
    const { packed, from, to } = columns;
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (packed.start[middle]! <= time) low = middle + 1;
      else high = middle;
    }
    const i = low - 1;
    if (i < from) return undefined;
    const end = packed.end[i]!;
    if (time >= end || end - packed.start[i]! < shortest) return undefined;
    return sliceOf(packed, i);
  }
}

export function siteOf(packed: PackedSlices, i: number): CallSite | null {
  const site = packed.site[i]!;
  return site === 0 ? null : (packed.sites[site - 1] ?? null);
}
export function resourceOf(packed: PackedSlices, i: number): string | null {
  const resource = packed.resource[i]!;
  return resource === 0 ? null : (packed.resources[resource - 1] ?? null);
}

export function sliceOf(packed: PackedSlices, i: number): SliceView {
  const end = packed.end[i]!;
  return {
    start: packed.start[i]!,
    end: Number.isNaN(end) ? null : end,
    state: TRACK_STATES[packed.state[i]!] ?? 'unknown',
    resource: resourceOf(packed, i),
    site: siteOf(packed, i),
    busy: Number.isNaN(packed.busy[i]!) ? null : packed.busy[i]!,
    ready: packed.ready[i]!,
  };
}
