import { t } from '@vscode/l10n';
import { TRACK_STATES } from '../../model/types.ts';
import type { Requests } from '../core/requests.ts';
import type { Store } from '../core/store.ts';
import { formatDuration } from '../core/ticks.ts';
import type { View } from '../core/viewport.ts';
import { stateName } from '../core/words.ts';
import { el } from './dom.ts';

/** Time by state of a selection, exact: the model sums it, however many slices there are. */
export class Statistics {
  private readonly store: Store;
  private readonly requests: Requests;

  constructor(store: Store, requests: Requests) {
    this.store = store;
    this.requests = requests;
  }

  /** A table that fills itself when the answer comes. */
  of(title: string, threads: readonly string[], range: View): HTMLElement {
    const body = el('tbody');
    const caption = el('caption', { text: title });
    const table = el('table', { class: 'statistics' }, caption, body);
    const asked = { start: Math.max(0, range.start), end: Math.min(range.end, this.store.data.last) };
    if (!(asked.end > asked.start)) return table;
    this.requests.ask('stats', { threads, range: asked }).then(
      (stats) => stats && body.replaceChildren(...rowsOf(stats.ns, stats.count)),
      (error: Error) => body.replaceChildren(el('tr', {}, el('td', { text: error.message }))),
    );
    return table;
  }
}

function rowsOf(ns: Float64Array, count: Float64Array): HTMLElement[] {
  const total = ns.reduce((sum, value) => sum + value, 0);
  const order = [...ns.keys()].filter((i) => count[i]! > 0 && TRACK_STATES[i] !== 'exited');
  order.sort((a, b) => ns[b]! - ns[a]!);
  return order.map((i) => {
    const state = TRACK_STATES[i] ?? 'running';
    const share = total === 0 ? 0 : ns[i]! / total;
    const meter = el('meter', {
      class: 'meter',
      attrs: { min: '0', max: '1', value: share.toFixed(4), 'data-state': state },
    });
    meter.textContent = `${Math.round(share * 100)} %`;
    return el(
      'tr',
      {},
      el('th', { attrs: { scope: 'row' } }, swatch(state), stateName(state)),
      el('td', {}, meter),
      el('td', { class: 'number', text: percent(share) }),
      el('td', { class: 'number', text: formatDuration(ns[i]!) }),
      el('td', { class: 'number', text: t('{0}×', count[i]!.toLocaleString()) }),
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
