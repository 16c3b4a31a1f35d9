import type { CallSite, FlowView, SliceView, TrackStats, TrackTile } from '../../model/types/index.ts';
import { TRACK_STATES } from '../../model/types/index.ts';
import type { TimeRange } from '../../protocol/session.ts';
import type { PackedFlows, PackedOverview, PackedSlices, PackedTiles } from '../../protocol/timeline.ts';

/** Numbers values in order of first appearance. */
class Interner<T> {
  readonly values: T[] = [];
  private readonly index = new Map<string | T, number>();

  /** Index of the value; `key` identifies it where the value itself does not. */
  of(value: T, key: string | T = value): number {
    const known = this.index.get(key);
    if (known !== undefined) return known;
    this.index.set(key, this.values.length);
    return this.values.push(value) - 1;
  }
}

/** Puts the tiles of all tracks, which are of equal length, one behind the other. A track that the model does not know has no tile. */
export function packTiles(tiles: readonly TrackTile[], range: TimeRange, buckets: number): PackedTiles {
  const size = tiles.length * buckets;
  const state = new Uint8Array(size).fill(255);
  const share = new Uint8Array(size);
  const mask = new Uint16Array(size);
  const busy = new Uint8Array(size);
  for (const [i, tile] of tiles.entries()) {
    state.set(tile.state.subarray(0, buckets), i * buckets);
    share.set(tile.share.subarray(0, buckets), i * buckets);
    mask.set(tile.mask.subarray(0, buckets), i * buckets);
    busy.set(tile.busy.subarray(0, buckets), i * buckets);
  }
  return { threads: tiles.map((t) => t.thread), range, buckets, state, share, mask, busy };
}

export function packSlices(
  tracks: readonly { readonly thread: string; readonly range: TimeRange }[],
  lists: readonly (readonly SliceView[])[],
): PackedSlices {
  const total = lists.reduce((sum, list) => sum + list.length, 0);
  const resources = new Interner<string>();
  const sites = new Interner<CallSite>();
  const packed = {
    threads: tracks.map((t) => t.thread),
    ranges: tracks.map((t) => t.range),
    offsets: new Uint32Array(lists.length + 1),
    start: new Float64Array(total),
    end: new Float64Array(total),
    state: new Uint8Array(total),
    busy: new Float64Array(total),
    ready: new Float64Array(total),
    resource: new Uint32Array(total),
    site: new Uint32Array(total),
  };
  let at = 0;
  for (const [i, list] of lists.entries()) {
    for (const slice of [...list].sort((a, b) => a.start - b.start)) {
      packed.start[at] = slice.start;
      packed.end[at] = slice.end ?? Number.NaN;
      packed.state[at] = TRACK_STATES.indexOf(slice.state);
      packed.busy[at] = slice.busy ?? Number.NaN;
      packed.ready[at] = slice.ready;
      packed.resource[at] = slice.resource === null ? 0 : resources.of(slice.resource) + 1;
      const site = slice.site;
      packed.site[at] = site ? sites.of(site, `${site.file}:${site.line}:${site.column}:${site.fn}`) + 1 : 0;
      at += 1;
    }
    packed.offsets[i + 1] = at;
  }
  return { ...packed, resources: resources.values, sites: sites.values };
}

export function packFlows(flows: readonly FlowView[]): PackedFlows {
  const threads = new Interner<string>();
  const resources = new Interner<string>();
  return {
    from: Uint32Array.from(flows, (f) => threads.of(f.fromThread)),
    to: Uint32Array.from(flows, (f) => threads.of(f.toThread)),
    send: Float64Array.from(flows, (f) => f.sendTime),
    receive: Float64Array.from(flows, (f) => f.receiveTime),
    resource: Uint32Array.from(flows, (f) => resources.of(f.resource)),
    n: Float64Array.from(flows, (f) => f.n),
    bytes: Float64Array.from(flows, (f) => f.bytes),
    threads: threads.values,
    resources: resources.values,
  };
}

export function sumStats(stats: readonly TrackStats[]): { ns: Float64Array; count: Float64Array } {
  const ns = new Float64Array(TRACK_STATES.length);
  const count = new Float64Array(TRACK_STATES.length);
  for (const track of stats) {
    for (let s = 0; s < TRACK_STATES.length; s += 1) {
      ns[s]! += track.ns[s] ?? 0;
      count[s]! += track.count[s] ?? 0;
    }
  }
  return { ns, count };
}

/** Counts, for each bucket, the tracks by dominant state. */
export function packOverview(tiles: readonly TrackTile[], range: TimeRange, buckets: number): PackedOverview {
  const states = TRACK_STATES.length;
  const counts = new Uint16Array(buckets * states);
  const mask = new Uint16Array(buckets);
  const busy = new Float32Array(buckets);
  for (const tile of tiles) {
    for (let b = 0; b < buckets; b += 1) {
      const state = tile.state[b] ?? 255;
      if (state < states) counts[b * states + state]! += 1;
      mask[b]! |= tile.mask[b] ?? 0;
      busy[b]! += (tile.busy[b] ?? 0) / 255;
    }
  }
  return { range, buckets, tracks: tiles.length, counts, mask, busy };
}
