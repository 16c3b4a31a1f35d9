import type { SliceView, TrackState } from '../../model/types/index.ts';
import { TRACK_STATES } from '../../model/types/index.ts';
import type { SessionUpdate } from '../../protocol/session.ts';
import type { Structure, TimelineState } from '../../protocol/timeline.ts';
import { SessionData } from './data.ts';
import { ROW_HEIGHT } from './rows.ts';
import type { Hover, Selection } from './selection.ts';
import type { View } from './viewport.ts';
import * as viewport from './viewport.ts';

/** What must be drawn again: `hover` the overlay, `view` also the tracks, `dom` also the elements around them. */
export type Change = 'dom' | 'view' | 'hover';

/** What the page shows instead of the tracks. */
export type Status =
  | { readonly type: 'connecting' }
  | { readonly type: 'none' }
  | { readonly type: 'loading'; readonly name: string }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'shown' };

/** Spans that a growing live session steps through before it begins to slide, ns. */
const LIVE_SPANS = [1, 2, 5, 10, 20, 30].map((seconds) => seconds * 1e9);
/** A record may arrive so much later than records with a later time; tiles of that age are asked for again. ns */
const LATE = 2e9;

/** The state of the page, and the methods that change it. Holds no element, so that tests need no browser. */
export class Store {
  readonly data = new SessionData();
  session: { readonly dir: string; readonly name: string } | null = null;
  status: Status = { type: 'connecting' };
  view: View = { start: 0, end: 1e9 };
  follow = true;
  collapsed = new Set<string>();
  search = '';
  states = new Set<TrackState>();
  selection: Selection | null = null;
  /** The slice of a slice selection. */
  slice: SliceView | null = null;
  activeThread: string | null = null;
  hover: Hover | null = null;
  scrollTop = 0;
  /** Width of the tracks, CSS pixels. */
  width = 800;
  /** The view before the last jump, from which the picture glides to `view`; `null`: the user moved it by hand, nothing glides. */
  cameFrom: View | null = null;
  /** The user has not panned or zoomed yet: then a live session's view grows with it, and an ended one is shown whole. */
  private auto = true;
  private restored: TimelineState | null;
  private readonly changed: (change: Change) => void;

  constructor(restored: TimelineState | null, changed: (change: Change) => void) {
    this.restored = restored;
    this.changed = changed;
  }

  get focusMask(): number {
    let mask = 0;
    for (const state of this.states) mask |= 1 << TRACK_STATES.indexOf(state);
    return mask;
  }
  /** Selection to be looked up again after a reload. */
  get pendingSelection(): TimelineState['selection'] {
    return this.restored?.selection ?? null;
  }

  setSession(session: Store['session']): void {
    const same = session?.dir === this.session?.dir;
    this.session = session;
    this.status = session ? { type: 'loading', name: session.name } : { type: 'none' };
    this.data.clear();
    if (!same) this.reset(session);
    this.changed('dom');
  }

  private reset(session: Store['session']): void {
    this.selection = this.slice = null;
    this.activeThread = null;
    this.hover = null;
    this.collapsed.clear();
    this.auto = this.follow = true;
    const kept = this.restored;
    if (!session || !kept) return;
    if (kept.dir !== session.dir) {
      this.restored = null;
      return;
    }
    this.collapsed = new Set(kept.collapsed);
    this.search = kept.search;
    this.states = new Set(kept.states);
    this.scrollTop = kept.scrollTop;
    this.follow = kept.follow;
    if (kept.view) {
      this.view = kept.view;
      this.auto = false;
    }
  }

  setStatus(status: Status): void {
    this.status = status;
    this.changed('dom');
  }

  setUpdate(update: SessionUpdate): void {
    const before = this.data.update;
    this.data.update = update;
    if (before) {
      const ended = before.live && !update.live;
      this.data.tiles.expire(ended ? 0 : before.lastTime - LATE);
    }
    if (this.auto) this.glideTo(this.automatic(), before !== null);
    else if (this.follow && update.live)
      this.glideTo(viewport.followEnd(this.view, update.lastTime), before !== null);
    if (this.data.hasStructure) this.status = { type: 'shown' };
    this.changed('dom');
  }

  setStructure(structure: Structure): void {
    this.data.setStructure(structure);
    this.layout();
    if (this.data.update) this.status = { type: 'shown' };
    this.changed('dom');
  }

  private layout(): void {
    this.data.layout(this.collapsed, this.search);
  }

  private automatic(): View {
    const { last, live } = this.data;
    if (!live || !this.follow) return viewport.wholeView(last);
    const span = LIVE_SPANS.find((s) => s >= last * 1.04);
    if (span !== undefined) return { start: 0, end: span };
    return viewport.followEnd({ start: 0, end: LIVE_SPANS.at(-1)! }, last);
  }

  /** Changes the view; `glide`: from what is shown now, smoothly. */
  private glideTo(view: View, glide: boolean): void {
    this.cameFrom = glide ? this.view : null;
    this.view = view;
  }

  /** A view that the user chose. Looking away from the newest moment pauses following. */
  setView(view: View, glide = false): void {
    this.auto = false;
    this.glideTo(viewport.clamp(view, this.data.last), glide);
    if (this.data.live && this.data.last > this.view.end) this.follow = false;
    this.changed('view');
  }
  zoom(factor: number, x = this.width / 2): void {
    const time = viewport.timeAt(this.view, this.width, x);
    const last = this.data.last;
    const following = this.follow && this.data.live;
    this.setView(viewport.zoomAt(this.view, factor, following ? last : time, last));
    if (following) this.follow = true;
  }
  pan(pixels: number): void {
    if (this.data.live && this.follow) {
      this.follow = false;
      this.changed('dom');
    }
    this.setView(viewport.pan(this.view, pixels * viewport.nsPerPx(this.view, this.width), this.data.last));
  }
  showAll(): void {
    this.setView(viewport.wholeView(this.data.last), true);
  }
  toggleFollow(): void {
    this.follow = !this.follow;
    if (this.follow) this.glideTo(viewport.followEnd(this.view, this.data.last), true);
    this.changed('dom');
  }

  select(selection: Selection | null, slice: SliceView | null = null): void {
    this.restored = null;
    this.selection = selection;
    this.slice = selection?.type === 'slice' ? slice : null;
    if (selection?.type === 'slice') this.activeThread = selection.thread;
    this.changed('dom');
  }
  selectSlice(thread: string, slice: SliceView): void {
    this.select({ type: 'slice', thread, start: slice.start, end: slice.end }, slice);
  }
  /** Brings a slice into view, opening what is collapsed above it. */
  reveal(thread: string, start: number, end: number | null): void {
    if (!this.data.rowIndex.has(thread)) {
      this.collapsed.clear();
      this.search = '';
      this.layout();
    }
    const last = this.data.last;
    this.setView(viewport.reveal(this.view, start, end ?? last, last), true);
    this.changed('dom');
  }
  zoomToSelection(): void {
    const { selection, data } = this;
    if (!selection || selection.type === 'finding') return;
    this.setView(viewport.zoomTo(selection.start, selection.end ?? data.last, data.last), true);
  }

  toggleCollapsed(thread: string, collapsed = !this.collapsed.has(thread)): void {
    if (collapsed) this.collapsed.add(thread);
    else this.collapsed.delete(thread);
    this.layout();
    this.changed('dom');
  }
  setSearch(search: string): void {
    this.search = search;
    this.layout();
    this.changed('dom');
  }
  toggleState(state: TrackState): void {
    if (!this.states.delete(state)) this.states.add(state);
    this.changed('dom');
  }
  setActive(thread: string): void {
    this.activeThread = thread;
    this.changed('dom');
  }
  /** Makes the track above or below the active one; returns its row, or -1. */
  moveActive(by: number): number {
    const { rows, rowIndex } = this.data;
    const now = this.activeThread === null ? -1 : (rowIndex.get(this.activeThread) ?? -1);
    const row = Math.max(0, Math.min(rows.length - 1, now < 0 ? 0 : now + by));
    const thread = rows[row]?.track.thread;
    if (thread === undefined) return -1;
    this.setActive(thread);
    return row;
  }
  setHover(hover: Hover | null): void {
    this.hover = hover;
    this.changed('hover');
  }
  setScroll(scrollTop: number): void {
    this.scrollTop = scrollTop;
    this.changed('view');
  }
  get contentHeight(): number {
    return this.data.rows.length * ROW_HEIGHT;
  }

  /** For `setState`. */
  saved(): TimelineState {
    const { selection } = this;
    return {
      version: 1,
      dir: this.session?.dir ?? null,
      view: this.auto ? null : this.view,
      follow: this.follow,
      collapsed: [...this.collapsed],
      selection:
        selection?.type === 'slice'
          ? { thread: selection.thread, time: selection.start }
          : this.pendingSelection,
      search: this.search,
      states: [...this.states],
      scrollTop: this.scrollTop,
    };
  }
}
