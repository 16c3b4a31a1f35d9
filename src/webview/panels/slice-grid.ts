import { t } from '@vscode/l10n';
import { duration } from '../../base/units.ts';
import { placeText } from '../../model/words/index.ts';
import { sliceTitle } from '../core/slice-text.ts';
import { sliceOf } from '../core/slices.ts';
import type { Store } from '../core/store.ts';
import { formatTime } from '../core/ticks.ts';
import { nsPerPx } from '../core/viewport.ts';
import { el } from '../dom/dom.ts';

/** Most slices that are listed. */
const MOST = 60;
const SETTLE_MS = 250;

/** The slices of the active track in view as a grid that only screen readers see: what the canvas shows, in words. */
export class SliceGrid {
  readonly element = el('div', {
    class: 'sr-only slice-grid',
    attrs: { role: 'grid', 'aria-readonly': 'true' },
  });
  private readonly store: Store;
  private readonly onFilled: () => void;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onFilled runs whenever the grid is filled */
  constructor(store: Store, onFilled: () => void) {
    this.store = store;
    this.onFilled = onFilled;
  }

  /** Fills the grid `SETTLE_MS` later, once for all calls until then: with each frame a screen reader would read out every change. */
  render(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.fill();
      this.onFilled();
    }, SETTLE_MS);
  }

  private fill(): void {
    const { store } = this;
    const thread = store.activeThread ?? store.data.rows[0]?.track.thread;
    if (thread === undefined) {
      this.element.replaceChildren();
      return;
    }
    this.element.setAttribute('aria-label', t('Slices of {0} in view', store.data.labels.thread(thread)));
    const titles = [t('State'), t('Resource'), t('From'), t('Duration'), t('Call site')];
    const head = el(
      'div',
      { attrs: { role: 'row' } },
      ...titles.map((text) => el('span', { text, attrs: { role: 'columnheader' } })),
    );
    this.element.replaceChildren(head, ...this.rows(thread));
  }

  private rows(thread: string): HTMLElement[] {
    const { data, view, width } = this.store;
    const columns = data.slices.get(thread);
    if (!columns) return [];
    const rows: HTMLElement[] = [];
    for (let i = columns.from; i < columns.to && rows.length < MOST; i += 1) {
      const slice = sliceOf(columns.packed, i);
      const end = slice.end ?? data.last;
      if (end < view.start || slice.start > view.end || end - slice.start < nsPerPx(view, width)) continue;
      const cells = [
        sliceTitle(slice, data.labels),
        slice.resource === null ? '' : data.labels.resource(slice.resource),
        formatTime(slice.start),
        duration(end - slice.start),
        placeText(slice.site),
      ];
      rows.push(
        el(
          'div',
          { attrs: { role: 'row' } },
          ...cells.map((text) => el('span', { text, attrs: { role: 'gridcell' } })),
        ),
      );
    }
    return rows;
  }
}
