import { t } from '@vscode/l10n';
import { duration } from '../../base/units.ts';
import { TRACK_STATES } from '../../model/types/index.ts';
import { trackStateTitle } from '../../model/words/index.ts';
import type { PixelRow } from '../core/fold.ts';
import { type NowView, nowOf } from '../core/now.ts';
import type { RowView } from '../core/rows.ts';
import { ROW_HEIGHT, visibleRows } from '../core/rows.ts';
import type { Store } from '../core/store.ts';
import { el, setAttr, setText } from '../dom/dom.ts';

/** Rows above and below the visible ones that have elements too: without a next one Tab and screen readers would leave the list. */
const SPARE_ROWS = 3;

interface HeaderRow {
  readonly element: HTMLElement;
  readonly twisty: HTMLElement;
  readonly dot: HTMLElement;
  readonly name: HTMLElement;
  readonly pid: HTMLElement;
  readonly now: HTMLElement;
  readonly inView: HTMLElement;
}

/** The names of the tracks, and the grid that screen readers and the keyboard use: a treegrid of processes and threads. */
export class Headers {
  readonly element = el('div', {
    class: 'headers',
    attrs: {
      role: 'treegrid',
      'aria-label': t('Processes and threads'),
      'aria-readonly': 'true',
      'aria-colcount': '3',
    },
  });
  private readonly rows = new Map<string, HeaderRow>();
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** Lays out the rows that can be seen. Panning and zooming do not change them. */
  render(height: number): void {
    const { data, scrollTop } = this.store;
    setAttr(this.element, 'aria-rowcount', String(data.rows.length));
    const [first, past] = visibleRows(data.rows.length, scrollTop, height);
    const from = Math.max(0, first - SPARE_ROWS);
    const to = Math.min(data.rows.length, past + SPARE_ROWS);
    const shown = new Set<string>();
    for (let i = from; i < to; i += 1) {
      const row = data.rows[i]!;
      shown.add(row.track.thread);
      this.update(this.rowFor(row, i), row, i);
    }
    for (const [thread, row] of this.rows) {
      if (shown.has(thread)) continue;
      row.element.remove();
      this.rows.delete(thread);
    }
  }

  /** Writes, for screen readers, which states each row has in view. */
  describe(folded: ReadonlyMap<string, PixelRow>): void {
    for (const [thread, row] of this.rows) setText(row.inView, statesInView(folded.get(thread)));
  }

  /** Moves the keyboard to the active track's row. */
  focusActive(): void {
    const active = this.store.activeThread;
    if (active !== null) this.rows.get(active)?.element.focus({ preventScroll: true });
  }

  private rowFor(row: RowView, i: number): HeaderRow {
    const known = this.rows.get(row.track.thread);
    if (known) return known;
    const made = this.make(row.track.thread);
    this.rows.set(row.track.thread, made);
    // The order of the elements is the order of the rows: screen readers go by it.
    const after = [...this.element.children].find((e) => Number(e.getAttribute('aria-rowindex')) > i + 1);
    this.element.insertBefore(made.element, after ?? null);
    return made;
  }

  private make(thread: string): HeaderRow {
    const twisty = el('span', { class: 'twisty', attrs: { 'aria-hidden': 'true' } });
    const dot = el('span', { class: 'dot', attrs: { 'aria-hidden': 'true' } });
    const name = el('span', { class: 'name' });
    const pid = el('span', { class: 'pid' });
    const now = el('span', { class: 'now', attrs: { role: 'gridcell', 'aria-colindex': '2' } });
    const inView = el('span', { class: 'sr-only', attrs: { role: 'gridcell', 'aria-colindex': '3' } });
    const head = el('span', { class: 'head', attrs: { role: 'rowheader', 'aria-colindex': '1' } }, name, pid);
    const element = el('div', { class: 'header', attrs: { role: 'row' } }, twisty, dot, head, now, inView);
    element.addEventListener('mousedown', () => this.store.setActive(thread));
    element.addEventListener('focus', () => {
      if (this.store.activeThread !== thread) this.store.setActive(thread);
    });
    element.addEventListener('dblclick', () => this.store.toggleCollapsed(thread));
    twisty.addEventListener('click', (event) => {
      event.stopPropagation();
      this.store.toggleCollapsed(thread);
    });
    return { element, twisty, dot, name, pid, now, inView };
  }

  private update(view: HeaderRow, row: RowView, i: number): void {
    const { store } = this;
    const { element } = view;
    const thread = row.track.thread;
    const active = store.activeThread === thread || (store.activeThread === null && i === 0);
    element.style.transform = `translateY(${i * ROW_HEIGHT}px)`;
    element.style.setProperty('--depth', String(row.depth));
    setAttr(element, 'aria-rowindex', String(i + 1));
    setAttr(element, 'aria-level', String(row.depth + 1));
    setAttr(element, 'aria-expanded', row.children > 0 ? String(!row.collapsed) : null);
    setAttr(element, 'aria-selected', String(store.activeThread === thread));
    setAttr(element, 'tabindex', active ? '0' : '-1');
    setAttr(view.twisty, 'data-open', row.children === 0 ? 'leaf' : String(!row.collapsed));
    element.classList.toggle('active', store.activeThread === thread);
    element.classList.toggle('faint', row.faint);
    const isMain = !row.thread || row.thread.threadId === 0;
    setText(view.name, isMain ? (row.process?.name ?? row.track.label) : row.track.label);
    setText(view.pid, row.process && isMain ? String(row.process.pid) : '');
    this.updateNow(view, row, nowOf(row, store.data));
  }

  private updateNow(view: HeaderRow, row: RowView, now: NowView): void {
    setAttr(view.dot, 'data-state', now.state);
    const since = now.since === null ? '' : duration(Math.max(0, this.store.data.last - now.since));
    const hidden = row.collapsed && row.children > 0 ? t('+{0}', row.children) : '';
    setText(view.now, [now.text, since, hidden].filter((part) => part !== '').join(' · '));
    setAttr(view.now, 'data-tone', now.tone);
    const argv = row.process?.argv.join(' ') ?? '';
    setAttr(
      view.element,
      'title',
      [row.track.label, argv, row.process?.reason ?? ''].filter(Boolean).join('\n'),
    );
  }
}

/** `In view: Running, Waits for lock` */
function statesInView(row: PixelRow | undefined): string {
  if (!row) return '';
  let mask = 0;
  for (const bits of row.mask) mask |= bits;
  const states = TRACK_STATES.filter((_, i) => (mask & (1 << i)) !== 0).map((state) =>
    trackStateTitle(t, state),
  );
  return states.length === 0 ? t('Nothing in view') : t('In view: {0}', states.join(', '));
}
