import type { PackedTiles } from '../../protocol/timeline.ts';
import type { View } from './viewport.ts';

/** Buckets of a chunk. */
export const CHUNK = 256;
/** Chunks that are kept at most, of 1 KB each: 12 MB. */
const MOST_CHUNKS = 12_000;
/** Levels above and below the wanted one that may stand in for a chunk that is not there yet. */
const COARSER = 12;
const FINER = 3;

export interface Chunk {
  readonly state: Uint8Array;
  readonly share: Uint8Array;
  readonly mask: Uint16Array;
  readonly busy: Uint8Array;
  /** The session has changed in its range since: it is drawn until the answer of a new request replaces it. */
  stale: boolean;
}
/** A chunk that covers a moment, and the place and length of its buckets. */
export interface FoundChunk {
  readonly chunk: Chunk;
  /** ns */
  readonly start: number;
  /** ns */
  readonly bucket: number;
}

/** Level of detail for a scale: the buckets of level `k` are `2 ** k` ns long; the largest `k` whose buckets fit in a pixel. */
export function levelOf(nsPerPixel: number): number {
  return Math.max(0, Math.floor(Math.log2(Math.max(1, nsPerPixel)) + 1e-9));
}
export function chunkSpan(level: number): number {
  return CHUNK * 2 ** level;
}

export interface TileRequest {
  readonly threads: readonly string[];
  readonly range: View;
  readonly buckets: number;
}

/** Chunks of level-of-detail tiles by track, aligned to powers of two so that panning and live growth reuse them. */
export class TileStore {
  private readonly tracks = new Map<string, Map<number, Map<number, Chunk>>>();
  private size = 0;

  clear(): void {
    this.tracks.clear();
    this.size = 0;
  }

  /** Takes an answer whose range is aligned to chunks of `level`. */
  store(packed: PackedTiles, level: number): void {
    const first = Math.round(packed.range.start / chunkSpan(level));
    const chunks = packed.buckets / CHUNK;
    if (this.size > MOST_CHUNKS) this.trim(level);
    for (const [t, thread] of packed.threads.entries()) {
      for (let c = 0; c < chunks; c += 1) {
        const from = t * packed.buckets + c * CHUNK;
        this.put(thread, level, first + c, {
          state: packed.state.slice(from, from + CHUNK),
          share: packed.share.slice(from, from + CHUNK),
          mask: packed.mask.slice(from, from + CHUNK),
          busy: packed.busy.slice(from, from + CHUNK),
          stale: false,
        });
      }
    }
  }

  /** Marks what may have changed since `time`: it is drawn until it has been asked for again. */
  expire(time: number): void {
    for (const levels of this.tracks.values()) {
      for (const [level, chunks] of levels) {
        for (const [index, chunk] of chunks) {
          if ((index + 1) * chunkSpan(level) > time) chunk.stale = true;
        }
      }
    }
  }

  /** What must be asked for to draw the view at its level: one rectangle of tracks and time, or `null`. */
  missing(threads: readonly string[], view: View, level: number, last: number): TileRequest | null {
    const span = chunkSpan(level);
    const from = Math.max(0, Math.floor(view.start / span));
    const to = Math.floor(Math.min(view.end, Math.max(last, 1)) / span);
    let low = Number.POSITIVE_INFINITY;
    let high = -1;
    const wanted: string[] = [];
    for (const thread of threads) {
      const chunks = this.tracks.get(thread)?.get(level);
      let any = false;
      for (let i = from; i <= to; i += 1) {
        const chunk = chunks?.get(i);
        if (chunk && !chunk.stale) continue;
        any = true;
        low = Math.min(low, i);
        high = Math.max(high, i);
      }
      if (any) wanted.push(thread);
    }
    if (wanted.length === 0) return null;
    const range = { start: low * span, end: (high + 1) * span };
    return { threads: wanted, range, buckets: (high - low + 1) * CHUNK };
  }

  /** The best chunk of the track at a moment: of the level, else a coarser, else a finer one. */
  find(thread: string, level: number, time: number): FoundChunk | undefined {
    const levels = this.tracks.get(thread);
    if (!levels) return undefined;
    for (let k = level; k <= level + COARSER; k += 1) {
      const found = this.at(levels, k, time);
      if (found) return found;
    }
    for (let k = level - 1; k >= Math.max(0, level - FINER); k -= 1) {
      const found = this.at(levels, k, time);
      if (found) return found;
    }
    return undefined;
  }

  private at(levels: Map<number, Map<number, Chunk>>, level: number, time: number): FoundChunk | undefined {
    const span = chunkSpan(level);
    const index = Math.floor(time / span);
    const chunk = levels.get(level)?.get(index);
    return chunk && { chunk, start: index * span, bucket: 2 ** level };
  }

  /** Drops the chunks of all other levels; where that is not enough, those of `level` too. */
  private trim(level: number): void {
    this.size = 0;
    for (const levels of this.tracks.values()) {
      for (const [k, chunks] of levels) {
        if (k === level) this.size += chunks.size;
        else levels.delete(k);
      }
    }
    if (this.size > MOST_CHUNKS) this.clear();
  }

  private put(thread: string, level: number, index: number, chunk: Chunk): void {
    const levels = this.tracks.get(thread) ?? new Map<number, Map<number, Chunk>>();
    this.tracks.set(thread, levels);
    const chunks = levels.get(level) ?? new Map<number, Chunk>();
    levels.set(level, chunks);
    if (!chunks.has(index)) this.size += 1;
    chunks.set(index, chunk);
  }
}
