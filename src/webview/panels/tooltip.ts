import { t } from '@vscode/l10n';
import { duration } from '../../base/units.ts';
import type { SliceView } from '../../model/types/index.ts';
import { TRACK_STATES } from '../../model/types/index.ts';
import { placeText, stackText, trackStateTitle } from '../../model/words/index.ts';
import type { PixelRow } from '../core/fold.ts';
import { NO_STATE } from '../core/fold.ts';
import { busyText, sliceTitle } from '../core/slice-text.ts';
import type { Store } from '../core/store.ts';
import { el } from '../dom/dom.ts';

/** Distance from the pointer, CSS pixels. */
const GAP = 14;

/** Tells what is below the pointer. It takes no pointer events, so that it never keeps a click from what it covers. */
export class Tooltip {
  readonly element = el('div', { class: 'tooltip', attrs: { role: 'tooltip' } });
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
    this.element.hidden = true;
  }

  hide(): void {
    this.element.hidden = true;
  }

  /** `x`, `y`: of the pointer in the window. `pixel`: device pixel of the folded row. */
  show(
    x: number,
    y: number,
    thread: string,
    slice: SliceView | null,
    row: PixelRow | undefined,
    pixel: number,
    time: string,
  ): void {
    const lines = slice ? this.sliceLines(slice) : this.foldedLines(row, pixel);
    if (lines.length === 0) {
      this.hide();
      return;
    }
    const foot = el('div', { class: 'foot', text: `${this.store.data.labels.thread(thread)} · ${time}` });
    this.element.replaceChildren(...lines, foot);
    this.element.hidden = false;
    this.place(x, y);
  }

  private place(x: number, y: number): void {
    const { offsetWidth: w, offsetHeight: h } = this.element;
    const left = x + GAP + w > window.innerWidth ? Math.max(4, x - GAP - w) : x + GAP;
    const top = y + GAP + h > window.innerHeight ? Math.max(4, y - GAP - h) : y + GAP;
    this.element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  private sliceLines(slice: SliceView): HTMLElement[] {
    const { data } = this.store;
    const lasted = duration((slice.end ?? data.last) - slice.start);
    const title = el(
      'div',
      { class: 'title' },
      swatch(slice.state),
      el('strong', { text: sliceTitle(slice, data.labels) }),
      el('span', { class: 'duration', text: slice.end === null ? `${lasted} ${t('so far')}` : lasted }),
    );
    const lines = [title];
    const busy = busyText(slice, data.last);
    if (busy !== '') lines.push(el('div', { text: busy }));
    if (slice.resource !== null) lines.push(el('div', { text: data.labels.resource(slice.resource) }));
    if (slice.site) {
      const { fn, sampled } = slice.site;
      const place = fn === '' ? placeText(slice.site) : `${fn} · ${placeText(slice.site)}`;
      lines.push(el('div', { class: 'site', text: sampled ? t('last seen at {0}', place) : place }));
      const stack = stackText(slice.site);
      if (stack !== '') lines.push(el('div', { class: 'stack', text: stack }));
    }
    return lines;
  }

  /** Of a place whose slices are narrower than a pixel: the states in this pixel. */
  private foldedLines(row: PixelRow | undefined, pixel: number): HTMLElement[] {
    const state = row?.state[pixel] ?? NO_STATE;
    if (!row || state === NO_STATE) return [];
    const dominant = TRACK_STATES[state] ?? 'unknown';
    const share = Math.round(((row.share[pixel] ?? 0) / 255) * 100);
    const title = el(
      'div',
      { class: 'title' },
      swatch(dominant),
      el('strong', { text: trackStateTitle(t, dominant) }),
      el('span', { class: 'duration', text: `${share} %` }),
    );
    const others = TRACK_STATES.filter(
      (s, i) => i !== state && s !== 'exited' && (row.mask[pixel]! & (1 << i)) !== 0,
    );
    const rest = others.map((s) => el('div', { class: 'also' }, swatch(s), trackStateTitle(t, s)));
    return [title, ...rest];
  }
}

function swatch(state: string): HTMLElement {
  return el('span', { class: 'swatch', attrs: { 'data-state': state } });
}
