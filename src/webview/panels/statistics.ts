import { t } from '@vscode/l10n';
import { duration } from '../../base/units.ts';
import { TRACK_STATES } from '../../model/types/index.ts';
import { trackStateTitle } from '../../model/words/index.ts';
import type { Requests } from '../core/requests.ts';
import { WAITING } from '../core/slice-text.ts';
import type { Store } from '../core/store.ts';
import type { View } from '../core/viewport.ts';
import { el } from '../dom/dom.ts';

/** A smaller share of the time has no row, unless it is that of waits. */
const LEAST = 1e-4;
/** States with a begin and an end each, which can be counted. */
const WAITS = new Set([...WAITING, 'holding' as const].map((state) => TRACK_STATES.indexOf(state)));

/** What is shown, and of what. */
interface Table {
  readonly table: HTMLElement;
  readonly body: HTMLElement;
  readonly threads: readonly string[];
  readonly range: View | null;
}

/** Time by state of a selection, exact: the model sums it, however many slices there are. */
export class Statistics {
  private readonly store: Store;
  private readonly requests: Requests;
  private current: Table | null = null;
  private asked: View | null = null;

  constructor(store: Store, requests: Requests) {
    this.store = store;
    this.requests = requests;
  }

  /** A table that fills itself when the answer comes; of a fixed range, or with `null` of what is in view. */
  of(title: string, threads: readonly string[], range: View | null): HTMLElement {
    const before = this.current;
    const same =
      before !== null && sameRange(before.range, range) && before.threads.join() === threads.join();
    // The old figures stay until the new ones are there: nothing flickers.
    const current = same ? before : emptyTable(title, threads, range);
    this.current = current;
    this.asked = null;
    this.refresh();
    return current.table;
  }

  /** Asks again when the view has moved. */
  refresh(): void {
    const { current, store } = this;
    if (!current || this.requests.isBusy('stats')) return;
    const range = current.range ?? store.view;
    const asked = { start: Math.max(0, range.start), end: Math.min(range.end, store.data.last) };
    if (!(asked.end > asked.start)) return;
    if (this.asked?.start === asked.start && this.asked.end === asked.end) return;
    this.asked = asked;
    this.requests.ask('stats', { threads: current.threads, range: asked }).then(
      (stats) => {
        if (stats) current.body.replaceChildren(...rowsOf(stats.ns, stats.count));
        this.refresh();
      },
      (error: Error) => current.body.replaceChildren(el('tr', {}, el('td', { text: error.message }))),
    );
  }
}

function emptyTable(title: string, threads: readonly string[], range: View | null): Table {
  const body = el('tbody');
  const table = el('table', { class: 'statistics' }, el('caption', { text: title }), body);
  return { table, body, threads, range };
}

function sameRange(a: View | null, b: View | null): boolean {
  return a === b || (a !== null && b !== null && a.start === b.start && a.end === b.end);
}

function rowsOf(ns: Float64Array, count: Float64Array): HTMLElement[] {
  const total = ns.reduce((sum, value) => sum + value, 0);
  const shown = (i: number): boolean => ns[i]! > total * LEAST || (WAITS.has(i) && count[i]! > 0);
  const order = [...ns.keys()].filter((i) => shown(i) && TRACK_STATES[i] !== 'exited');
  order.sort((a, b) => ns[b]! - ns[a]!);
  return order.map((i) => {
    const state = TRACK_STATES[i] ?? 'unknown';
    const share = total === 0 ? 0 : ns[i]! / total;
    const meter = el('meter', {
      class: 'meter',
      attrs: { min: '0', max: '1', value: share.toFixed(4), 'data-state': state },
    });
    meter.textContent = `${Math.round(share * 100)} %`;
    return el(
      'tr',
      {},
      el('th', { attrs: { scope: 'row' } }, swatch(state), trackStateTitle(t, state)),
      el('td', {}, meter),
      el('td', { class: 'number', text: percent(share) }),
      el('td', { class: 'number', text: duration(ns[i]!) }),
      el('td', { class: 'number', text: WAITS.has(i) ? t('{0}×', count[i]!.toLocaleString()) : '' }),
    );
  });
}

function percent(share: number): string {
  if (share > 0 && share < 0.001) return '< 0.1 %';
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
function swatch(state: string): HTMLElement {
  return el('span', { class: 'swatch', attrs: { 'data-state': state, 'aria-hidden': 'true' } });
}
