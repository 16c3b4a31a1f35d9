import { duration } from '../../base/units.ts';
import type { SliceView, TrackState } from '../../model/types/index.ts';
import type { Requests } from '../core/requests.ts';
import { sliceReading, WAITING } from '../core/slice-text.ts';
import type { Store } from '../core/store.ts';
import { nsPerPx } from '../core/viewport.ts';

/** Finds slices: below the pointer, next to the selected one, the next wait. */
export class Lookup {
  private readonly store: Store;
  private readonly requests: Requests;
  private readonly announce: (text: string) => void;

  constructor(store: Store, requests: Requests, announce: (text: string) => void) {
    this.store = store;
    this.requests = requests;
    this.announce = announce;
  }

  /** The slice at a moment, ns, that the canvas shows as one, or `undefined`: it is narrower than a pixel, or not known. */
  drawn(thread: string, time: number): SliceView | undefined {
    return this.store.data.slices.at(thread, time, nsPerPx(this.store.view, this.store.width));
  }

  /** The exact slice at a moment; `null`: none. `undefined`: another question was asked meanwhile. */
  async at(thread: string, time: number): Promise<SliceView | null | undefined> {
    if (time < 0 || time > this.store.data.last) return null;
    return (
      this.drawn(thread, time) ?? (await this.requests.ask('sliceAt', { thread, time }).catch(() => null))
    );
  }

  /** Selects what is at a moment of a track. */
  async selectAt(thread: string, time: number): Promise<void> {
    const slice = await this.at(thread, time);
    if (slice === undefined) return;
    if (slice) this.select(thread, slice);
    else this.store.select(null);
  }

  /** Goes to the next or the previous wait: of the active track, or of all when none is active or `all`. */
  async seekWait(forward: boolean, all: boolean): Promise<void> {
    const chosen = [...this.store.states].filter((state) => WAITING.includes(state));
    await this.seek(forward, all, chosen.length > 0 ? chosen : WAITING);
  }

  /** Goes to the neighbouring slice of the active track, whatever its state. */
  async step(forward: boolean): Promise<void> {
    const { selection, slice, data } = this.store;
    if (selection?.type !== 'slice' || !slice) {
      await this.seek(forward, false, WAITING);
      return;
    }
    const time = forward ? slice.end : slice.start - 1;
    if (time === null || time < 0 || time > data.last) return;
    const next = await this.requests.ask('sliceAt', { thread: selection.thread, time }).catch(() => null);
    if (!next) return;
    this.select(selection.thread, next);
    this.store.reveal(selection.thread, next.start, next.end);
  }

  private async seek(forward: boolean, all: boolean, states: readonly TrackState[]): Promise<void> {
    const { store } = this;
    const active = all ? null : store.activeThread;
    const threads = active !== null ? [active] : store.data.rows.map((row) => row.track.thread);
    const { view, data, selection } = store;
    const from = selection?.type === 'slice' ? selection.start : forward ? view.start : view.end;
    const args = { threads, time: Math.max(0, from), forward, states, end: data.last };
    const found = await this.requests.ask('seek', args).catch(() => null);
    if (found === undefined) return;
    if (!found) {
      this.announce(forward ? this.words.none : this.words.noneBefore);
      return;
    }
    this.select(found.thread, found.slice);
    store.reveal(found.thread, found.slice.start, found.slice.end);
  }

  /** Set by the page: texts in the user's language. */
  words = { none: '', noneBefore: '' };

  private select(thread: string, slice: SliceView): void {
    this.store.selectSlice(thread, slice);
    const lasted = duration((slice.end ?? this.store.data.last) - slice.start);
    this.announce(sliceReading(thread, slice, this.store.data.labels, lasted));
  }
}
