import type { TimelineQueries, TimelineQueryName } from '../../protocol/timeline.ts';
import type { PixelRow } from './fold.ts';
import type { Requests } from './requests.ts';
import { visibleRows } from './rows.ts';
import { EXACT_PX, exactPart } from './slices.ts';
import type { Store } from './store.ts';
import type { TileRequest } from './tiles.ts';
import { levelOf } from './tiles.ts';
import type { View } from './viewport.ts';
import { nsPerPx, spanOf } from './viewport.ts';

/** Most arrows that are drawn. */
export const MOST_FLOWS = 1_500;
/** Most buckets times tracks of one request: 4 bytes each. */
const MOST_CELLS = 512 * 1024;
/** Most exact slices of one track in an answer. */
const MOST_SLICES = 1_500;
/** Equal parts of the session's time that the minimap counts tracks in. */
const OVERVIEW_BUCKETS = 320;

interface Exact {
  readonly range: View;
  readonly complete: boolean;
  readonly perPx: number;
  readonly revision: number;
}

/** Asks the extension for tiles, slices and arrows that the last frame lacked. At most one request of a kind is under way. */
export class Fetcher {
  private readonly store: Store;
  private readonly requests: Requests;
  private readonly redraw: (what: 'dom' | 'view') => void;
  private revisions = new Map<TimelineQueryName, number>();
  private exact = new Map<string, Exact>();
  private flowsFor: { range: View; key: string; revision: number } | null = null;
  /** Revision of the session at which a kind of request was refused: asking again at the same one would be refused each frame. */
  private refused = new Map<TimelineQueryName, number>();

  constructor(store: Store, requests: Requests, redraw: (what: 'dom' | 'view') => void) {
    this.store = store;
    this.requests = requests;
    this.redraw = redraw;
  }

  reset(): void {
    this.requests.reset();
    this.revisions.clear();
    this.exact.clear();
    this.refused.clear();
    this.flowsFor = null;
  }

  /**
   * `folded`: rows as drawn, by thread; they tell where exact slices are worth asking for. `null` while the picture glides:
   * then only tiles are asked for.
   */
  fetch(height: number, ratio: number, folded: ReadonlyMap<string, PixelRow> | null): void {
    if (!this.store.data.update) return;
    this.structure();
    if (!this.store.data.hasStructure) return;
    const [first, past] = visibleRows(this.store.data.rows.length, this.store.scrollTop, height);
    const threads = this.store.data.rows.slice(first, past).map((row) => row.track.thread);
    this.tiles(threads, ratio);
    if (!folded) return;
    this.slices(threads, ratio, folded);
    this.flows(threads);
    this.overview();
  }

  private get revision(): number {
    return this.store.data.update?.revision ?? -1;
  }

  /** Asks unless the kind is busy or was refused at this revision. */
  private ask<Q extends TimelineQueryName>(
    name: Q,
    args: TimelineQueries[Q]['args'],
    take: (result: TimelineQueries[Q]['result']) => void,
  ): boolean {
    if (this.requests.isBusy(name) || this.refused.get(name) === this.revision) return false;
    const revision = this.revision;
    this.requests.ask(name, args).then(
      (result) => result !== undefined && take(result),
      () => {
        this.refused.set(name, revision);
        this.redraw('view');
      },
    );
    return true;
  }

  private structure(): void {
    const revision = this.revision;
    if (this.revisions.get('structure') === revision) return;
    const asked = this.ask('structure', {}, (structure) => {
      this.store.setStructure(structure);
    });
    if (asked) this.revisions.set('structure', revision);
  }

  private tiles(threads: readonly string[], ratio: number): void {
    const { data, view, width } = this.store;
    const level = levelOf(nsPerPx(view, width * ratio));
    const room = spanOf(view) * 0.25;
    const near = { start: view.start - room, end: view.end + room };
    // What is visible comes first, then what panning will show.
    const request =
      data.tiles.missing(threads, view, level, data.last) ??
      data.tiles.missing(threads, near, level, data.last);
    if (!request) return;
    this.ask('tiles', limited(request), (packed) => {
      data.tiles.store(packed, level);
      this.redraw('view');
    });
  }

  private slices(threads: readonly string[], ratio: number, folded: ReadonlyMap<string, PixelRow>): void {
    const { view, width, data } = this.store;
    const perPx = nsPerPx(view, width);
    const tracks: { thread: string; range: View }[] = [];
    for (const thread of threads) {
      const row = folded.get(thread);
      const part = row && exactPart(row, EXACT_PX * ratio);
      if (!part) continue;
      const range = {
        start: Math.max(0, view.start + (part[0] * perPx) / ratio),
        end: view.start + (part[1] * perPx) / ratio,
      };
      if (!this.hasExact(thread, range, perPx)) tracks.push({ thread, range });
    }
    if (tracks.length === 0) return;
    const revision = this.revision;
    this.ask('slices', { tracks, limit: MOST_SLICES }, (packed) => {
      data.slices.store(packed);
      for (const [i, thread] of packed.threads.entries()) {
        const complete = packed.offsets[i + 1]! - packed.offsets[i]! < MOST_SLICES;
        this.exact.set(thread, { range: packed.ranges[i]!, complete, perPx, revision });
      }
      this.redraw('view');
    });
  }

  /** Is what is known of the track good enough for the range at this scale? */
  private hasExact(thread: string, range: View, perPx: number): boolean {
    const known = this.exact.get(thread);
    if (!known) return false;
    const slack = perPx * EXACT_PX;
    if (range.start < known.range.start - slack || range.end > known.range.end + slack) return false;
    if (!known.complete && perPx < known.perPx / 1.5) return false;
    const { live, last } = this.store.data;
    return known.revision === this.revision || (range.end < last - 2e9 && live);
  }

  private flows(threads: readonly string[]): void {
    const { view, data, selection } = this.store;
    const neighbour = selection?.type === 'slice' ? selection.thread : null;
    const key = `${threads.join(' ')}|${neighbour}`;
    const asked = this.flowsFor;
    const fits =
      asked?.key === key &&
      asked.revision === this.revision &&
      view.start >= asked.range.start &&
      view.end <= asked.range.end &&
      spanOf(view) > spanOf(asked.range) / 2.5;
    if (fits || threads.length === 0) return;
    const room = spanOf(view) * 0.25;
    const range = { start: view.start - room, end: view.end + room };
    const args = {
      range: { start: Math.max(0, range.start), end: range.end },
      limit: MOST_FLOWS,
      threads,
      neighbour,
    };
    const revision = this.revision;
    const sent = this.ask('flows', args, (flows) => {
      data.flows = flows;
      this.redraw(neighbour === null ? 'view' : 'dom');
    });
    if (sent) this.flowsFor = { range, key, revision };
  }

  private overview(): void {
    const { data } = this.store;
    if (this.revisions.get('overview') === this.revision || data.last <= 0) return;
    const revision = this.revision;
    const args = { range: { start: 0, end: data.last }, buckets: OVERVIEW_BUCKETS };
    const asked = this.ask('overview', args, (overview) => {
      data.overview = overview;
      this.redraw('view');
    });
    if (asked) this.revisions.set('overview', revision);
  }
}

/** Cuts a request to a size that a message carries well; the rest is asked for next. */
function limited(request: TileRequest): TileRequest {
  const most = Math.max(1, Math.floor(MOST_CELLS / request.buckets));
  return { ...request, threads: request.threads.slice(0, most) };
}
