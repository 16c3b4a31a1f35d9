import type { ThreadEntity } from '../state/entities.ts';
import type { Track } from '../state/track.ts';
import type { World } from '../state/world.ts';
import { SPENT_COUNT, Spent } from '../timeline/spent.ts';
import { makeBuckets, slicesOf, type TileCache, type TimeRange, trackStats } from '../timeline/tiles.ts';
import type {
  FlowView,
  ProcessView,
  SliceView,
  TrackStats,
  TrackTile,
  TrackView,
  UsageView,
} from '../types/index.ts';

/** Which arrows to answer with. */
export interface FlowFilter {
  /** Both ends on these threads; empty or absent: any. */
  readonly threads?: readonly string[];
  /** Arrows of this thread come first. */
  readonly neighbour?: string | null;
}

/** Tracks, slices, tiles and arrows as views. */
export class TimelineViews {
  private readonly world: World;
  private readonly cache: TileCache;
  private readonly byId = new Map<string, ThreadEntity>();
  private readonly spents = new Map<ThreadEntity, Spent>();
  private known = 0;

  constructor(world: World, cache: TileCache) {
    this.world = world;
    this.cache = cache;
  }

  /** Lanes in the order of the process tree: a process, its threads, its children. */
  tracks(processes: readonly ProcessView[]): TrackView[] {
    const byId = new Map(processes.map((process) => [process.id, process]));
    const tracks: TrackView[] = [];
    const add = (process: ProcessView, depth: number): void => {
      for (const thread of process.threads) {
        const entity = this.thread(thread.id);
        tracks.push({
          thread: thread.id,
          process: process.id,
          label: thread.threadId === 0 ? `${process.name} (${process.pid})` : thread.name,
          depth: thread.threadId === 0 ? depth : depth + 1,
          start: thread.start,
          end: thread.end,
          slices: entity?.track.length ?? 0,
        });
      }
      for (const id of process.children) {
        const child = byId.get(id);
        if (child !== undefined) add(child, depth + 1);
      }
    };
    for (const process of processes) if (process.parent === null) add(process, 0);
    return tracks;
  }

  slices(threadId: string, range: TimeRange, limit: number): SliceView[] {
    const thread = this.thread(threadId);
    if (thread === undefined) return [];
    return slicesOf(thread.track, range, limit, this.until(thread), (track, i) =>
      this.slice(thread, track, i),
    );
  }

  sliceAt(threadId: string, time: number): SliceView | null {
    const thread = this.thread(threadId);
    if (thread === undefined || time > this.until(thread)) return null;
    const index = thread.track.indexAt(time);
    return index < 0 ? null : this.slice(thread, thread.track, index);
  }

  tiles(threadIds: readonly string[], range: TimeRange, buckets: number): TrackTile[] {
    return threadIds.map((threadId) => {
      const thread = this.thread(threadId);
      if (thread === undefined) return { thread: threadId, ...makeBuckets(buckets) };
      return this.cache.query(this.spent(thread), threadId, range, buckets, this.until(thread));
    });
  }

  stats(threadIds: readonly string[], range: TimeRange): TrackStats[] {
    return threadIds.map((threadId) => {
      const thread = this.thread(threadId);
      if (thread !== undefined) {
        const { track } = thread;
        return trackStats({ track, spent: this.spent(thread) }, threadId, range, this.until(thread));
      }
      return { thread: threadId, ns: new Float64Array(SPENT_COUNT), count: new Float64Array(SPENT_COUNT) };
    });
  }

  usage(threadId: string): UsageView[] {
    const thread = this.thread(threadId);
    if (thread === undefined) return [];
    const { times, used, length } = thread.usage;
    return Array.from({ length }, (_, i) => ({ time: times[i] as number, used: used[i] as number }));
  }

  flows(range: TimeRange, limit: number, filter: FlowFilter): FlowView[] {
    const { flows } = this.world;
    const chosen = new Set<number>();
    const neighbour = filter.neighbour == null ? undefined : this.thread(filter.neighbour)?.index;
    const add = (accept: (row: number) => boolean): void => {
      for (const row of flows.slowest(range.start, range.end, limit, accept)) chosen.add(row);
    };
    if (neighbour !== undefined) {
      add((row) => {
        const { from, to } = flows.route(row);
        return from === neighbour || to === neighbour;
      });
    }
    const only =
      filter.threads === undefined || filter.threads.length === 0 ? null : this.indices(filter.threads);
    add((row) => {
      const { from, to } = flows.route(row);
      return only === null || (only.has(from) && only.has(to));
    });
    return [...chosen].map((row) => this.flow(row));
  }

  private indices(threadIds: readonly string[]): Set<number> {
    const indices = new Set<number>();
    for (const id of threadIds) {
      const thread = this.thread(id);
      if (thread !== undefined) indices.add(thread.index);
    }
    return indices;
  }

  private flow(row: number): FlowView {
    const { flows, resources, threads } = this.world;
    const flow = flows.at(row);
    return {
      resource: resources[flow.resource]?.key ?? '',
      n: flow.n,
      fromThread: threads[flow.from]?.id ?? '',
      sendTime: flow.send,
      toThread: threads[flow.to]?.id ?? '',
      receiveTime: flow.receive,
      bytes: flow.bytes,
    };
  }

  private slice(thread: ThreadEntity, track: Track, index: number): SliceView {
    const resource = track.resources[index] as number;
    const start = track.starts[index] as number;
    const end = index + 1 < track.length ? (track.starts[index + 1] as number) : thread.end;
    return {
      start,
      end,
      ...this.spent(thread).slice(track.states[index] as number, start, end ?? this.until(thread)),
      resource: resource === 0 ? null : (this.world.resources[resource - 1]?.key ?? null),
      site: this.world.sites.view(track.sites[index] as number),
    };
  }

  private spent(thread: ThreadEntity): Spent {
    const known = this.spents.get(thread) ?? new Spent(thread);
    this.spents.set(thread, known);
    return known;
  }

  /** The last slice lasts until its thread's end, or until now. */
  private until(thread: ThreadEntity): number {
    return Math.round(thread.end ?? this.world.lastTime);
  }

  private thread(id: string): ThreadEntity | undefined {
    const { threads } = this.world;
    while (this.known < threads.length) {
      const thread = threads[this.known++] as ThreadEntity;
      this.byId.set(thread.id, thread);
    }
    return this.byId.get(id);
  }
}
