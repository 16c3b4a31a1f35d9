import { t } from '@vscode/l10n';
import { duration } from '../../base/units.ts';
import type { CallSite, Finding, SliceView } from '../../model/types/index.ts';
import { frameText, placeText } from '../../model/words/index.ts';
import type { Requests } from '../core/requests.ts';
import { busyText, sliceTitle } from '../core/slice-text.ts';
import type { Store } from '../core/store.ts';
import { formatTime } from '../core/ticks.ts';
import { nsPerPx } from '../core/viewport.ts';
import { el, iconButton, renew } from '../dom/dom.ts';
import { flowList } from './flow-list.ts';
import { Statistics } from './statistics.ts';

export interface DetailsActions {
  goTo(site: CallSite, beside: boolean): void;
  inspect(finding: string): void;
  jump(thread: string, time: number): void;
}

/** The panel below the tracks: what is selected, its statistics, and the ways to the source. Hidden without a selection. */
export class Details {
  readonly element = el('section', { class: 'details', attrs: { 'aria-label': t('Selection') } });
  private readonly store: Store;
  private readonly actions: DetailsActions;
  private readonly statistics: Statistics;
  private shown = '';
  /** The selection whose elements are there. */
  private filled = '';

  constructor(store: Store, requests: Requests, actions: DetailsActions) {
    this.store = store;
    this.actions = actions;
    this.statistics = new Statistics(store, requests);
    this.element.hidden = true;
  }

  render(): void {
    const { selection, data } = this.store;
    const flows = selection?.type === 'slice' ? data.flows?.send.length : 0;
    const key = JSON.stringify([
      selection,
      data.update?.revision,
      flows,
      selection?.type === 'range' ? data.rows.length : 0,
    ]);
    if (key === this.shown) {
      if (selection) this.statistics.refresh();
      return;
    }
    this.shown = key;
    this.element.hidden = selection === null;
    if (!selection) {
      this.filled = '';
      this.element.replaceChildren();
      return;
    }
    const focused = document.activeElement?.closest('.details')
      ? document.activeElement.getAttribute('data-key')
      : null;
    const finding =
      selection.type === 'finding' ? data.findings.find((f) => f.id === selection.id) : undefined;
    if (selection.type === 'slice' && this.store.slice) this.showSlice(selection.thread, this.store.slice);
    else if (selection.type === 'range') this.showRange(selection.start, selection.end);
    else if (finding) this.showFinding(finding);
    if (focused !== null)
      this.element.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  /** What is told of a selection changes with every record of a live session: the elements stay, as far as they can. */
  private fill(head: HTMLElement, ...columns: (Node | null)[]): void {
    const of = JSON.stringify(this.store.selection);
    const [oldHead, oldColumns] = this.element.children;
    if (oldHead && oldColumns && of === this.filled) {
      renew(oldHead, [...head.childNodes]);
      renew(oldColumns, columns);
      return;
    }
    this.filled = of;
    this.element.replaceChildren(head, el('div', { class: 'columns' }, ...columns));
  }

  private head(state: string, title: string, sub: string, ...buttons: HTMLElement[]): HTMLElement {
    const close = iconButton('close', t('Clear the selection'), 'Escape', () => this.store.select(null));
    close.setAttribute('data-key', 'close');
    return el(
      'header',
      { class: 'details-head' },
      el('span', { class: 'swatch', attrs: { 'data-state': state, 'aria-hidden': 'true' } }),
      el('h2', { text: title }),
      el('span', { class: 'sub', text: sub }),
      el('span', { class: 'space' }),
      ...buttons,
      close,
    );
  }

  private showSlice(thread: string, slice: SliceView): void {
    const { data, view, width } = this.store;
    const end = slice.end ?? data.last;
    const lasted = duration(end - slice.start) + (slice.end === null ? ` ${t('so far')}` : '');
    const exact = nsPerPx(view, width);
    const facts: [string, Node | string][] = [
      [t('Track'), data.labels.thread(thread)],
      [t('From'), formatTime(slice.start, Math.min(exact, 1e6))],
      [t('To'), slice.end === null ? t('still open') : formatTime(slice.end, Math.min(exact, 1e6))],
    ];
    const busy = busyText(slice, data.last);
    if (busy !== '') facts.push([t('Processor time'), busy]);
    if (slice.resource !== null) facts.push([t('Resource'), this.resource(slice.resource)]);
    if (slice.site) facts.push([t('Call site'), this.siteWithStack(slice.site, 'site')]);
    const name = slice.resource === null ? '' : data.labels.resource(slice.resource);
    const buttons = slice.site ? [this.goToButton(slice.site)] : [];
    this.fill(
      this.head(
        slice.state,
        sliceTitle(slice, data.labels),
        [name, lasted].filter(Boolean).join(' · '),
        ...buttons,
      ),
      factList(facts),
      this.statistics.of(t('This track in view'), [thread], null),
      flowList(this.store, thread, slice, this.actions.jump),
    );
  }

  private resource(id: string): Node {
    const { labels, structure } = this.store.data;
    const resource = structure.resources.find((r) => r.id === id);
    const lines: string[] = [];
    const holders = resource?.holders.map((h) => labels.thread(h.thread)) ?? [];
    const waiters = resource?.waiters.map((w) => labels.thread(w.thread)) ?? [];
    if (holders.length > 0) lines.push(t('held by {0}', holders.join(', ')));
    if (waiters.length > 0) lines.push(t('awaited by {0}', waiters.join(', ')));
    return el(
      'span',
      {},
      labels.resource(id),
      ...lines.map((line) => el('span', { class: 'more', text: line })),
    );
  }

  private showRange(start: number, end: number): void {
    const { data } = this.store;
    const threads = data.rows.map((row) => row.track.thread);
    this.fill(
      this.head('range', t('Selected time'), duration(end - start)),
      factList([
        [t('From'), formatTime(start)],
        [t('To'), formatTime(end)],
        [t('Tracks'), String(threads.length)],
      ]),
      this.statistics.of(t('All shown tracks'), threads, { start, end }),
    );
  }

  private showFinding(finding: Finding): void {
    const inspect = el('button', {
      class: 'button',
      text: t('Inspect'),
      attrs: { type: 'button', 'data-key': 'inspect' },
      on: { click: () => this.actions.inspect(finding.id) },
    });
    const certainty = finding.certainty === 'certain' ? t('Certain') : t('Suspected');
    const chain = finding.chain.map((link) => el('li', { text: link.text }));
    const sites = finding.sites.map((site, i) =>
      el('li', {}, `${roleWord(site.role)} `, this.siteWithStack(site, `site-${i}`)),
    );
    this.fill(
      this.head(finding.certainty, finding.title, `${certainty} · ${formatTime(finding.time)}`, inspect),
      el('ol', { class: 'chain' }, ...chain),
      el('ul', { class: 'sites' }, ...sites),
      el('div', { class: 'prose' }, el('p', { text: finding.explanation }), el('p', { text: finding.fix })),
    );
  }

  /** The place, and below it the lines that led there. */
  private siteWithStack(site: CallSite, key: string): HTMLElement {
    const link = this.siteLink(site, key);
    if (site.frames.length < 2) return link;
    const frames = site.frames.flatMap((frame, i) => {
      const { file, line, column, fn } = frame;
      const place = { ...site, file, line, column, fn };
      const made = el('button', {
        class: 'frame',
        text: frameText(frame),
        attrs: { type: 'button', title: `${file}:${line}:${column}`, 'data-key': `${key}-frame-${i}` },
        on: { click: (event) => this.actions.goTo(place, event.ctrlKey || event.metaKey) },
      });
      return i === 0 ? [made] : [' ← ', made];
    });
    return el('span', {}, link, el('span', { class: 'stack' }, ...frames));
  }

  private siteLink(site: CallSite, key: string): HTMLElement {
    const text = site.fn === '' ? placeText(site) : `${site.fn} · ${placeText(site)}`;
    const link = el('button', {
      class: 'link',
      text,
      attrs: { type: 'button', title: `${site.file}:${site.line}:${site.column}`, 'data-key': key },
      on: { click: (event) => this.actions.goTo(site, event.ctrlKey || event.metaKey) },
    });
    if (!site.sampled) return link;
    return el('span', {}, link, el('span', { class: 'more', text: t('last seen at') }));
  }

  private goToButton(site: CallSite): HTMLElement {
    return el('button', {
      class: 'button',
      text: t('Go to source'),
      attrs: {
        type: 'button',
        'data-key': 'goto',
        'aria-keyshortcuts': 'Enter',
        title: t('Go to source (Enter)'),
      },
      on: { click: (event) => this.actions.goTo(site, event.ctrlKey || event.metaKey) },
    });
  }
}

function roleWord(role: Finding['sites'][number]['role']): string {
  const words = {
    waits: t('waits at'),
    acquired: t('acquired at'),
    created: t('created at'),
    started: t('started at'),
    sent: t('sent at'),
    ended: t('ended at'),
  };
  return words[role];
}

function factList(facts: readonly [string, Node | string][]): HTMLElement {
  const rows = facts.flatMap(([name, value]) => [el('dt', { text: name }), el('dd', {}, value)]);
  return el('dl', { class: 'facts' }, ...rows);
}
