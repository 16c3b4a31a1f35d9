import { t } from '@vscode/l10n';
import { duration } from '../../base/units.ts';
import type { TrackState } from '../../model/types/index.ts';
import { conditionText, trackStateText, trackStateTitle } from '../../model/words/index.ts';
import type { Store } from '../core/store.ts';
import { el, iconButton, setAttr, setText } from '../dom/dom.ts';

/** States of the legend, in order of what one looks for. */
const LEGEND: readonly TrackState[] = [
  'running',
  'holding',
  'lock',
  'send',
  'receive',
  'join',
  'result',
  'sync',
  'native',
  'ready',
  'idle',
  'unknown',
];

export interface ToolbarActions {
  seek(forward: boolean): void;
  help(): void;
}

/** Name of the session, search, legend (its entries filter), and the buttons for moving about. */
export class Toolbar {
  readonly search = el('input', {
    class: 'search',
    attrs: {
      type: 'search',
      placeholder: t('Process, pid, lock, queue …'),
      'aria-label': t('Search'),
      'aria-keyshortcuts': '/',
    },
  });
  private readonly name = el('span', { class: 'session' });
  private readonly badge = el('span', { class: 'badge' });
  private readonly length = el('span', { class: 'length' });
  private readonly chips = new Map<TrackState, HTMLElement>();
  private readonly follow: HTMLButtonElement;
  private readonly store: Store;
  readonly element: HTMLElement;

  constructor(store: Store, actions: ToolbarActions) {
    this.store = store;
    this.search.addEventListener('input', () => store.setSearch(this.search.value));
    this.follow = iconButton('follow', t('Follow live'), 'L', () => store.toggleFollow());
    this.follow.classList.add('toggle');
    const buttons = el(
      'div',
      { class: 'buttons' },
      iconButton('previous', t('Previous wait'), 'P', () => actions.seek(false)),
      iconButton('next', t('Next wait'), 'N', () => actions.seek(true)),
      iconButton('zoomOut', t('Zoom out'), 'S', () => store.zoom(1.6)),
      iconButton('zoomIn', t('Zoom in'), 'W', () => store.zoom(1 / 1.6)),
      iconButton('fit', t('Show all'), 'F', () => store.showAll()),
      this.follow,
      iconButton('help', t('Keys'), '?', () => actions.help()),
    );
    this.element = el(
      'div',
      { class: 'toolbar', attrs: { role: 'toolbar', 'aria-label': t('Timeline') } },
      el('div', { class: 'title' }, this.name, this.badge, this.length),
      this.search,
      this.legend(),
      el('span', { class: 'space' }),
      buttons,
    );
  }

  private legend(): HTMLElement {
    const chips = LEGEND.map((state) => {
      const chip = el(
        'button',
        {
          class: 'chip',
          attrs: {
            type: 'button',
            title: t('{0}: show only this', trackStateTitle(t, state)),
            'aria-pressed': 'false',
          },
          on: { click: () => this.store.toggleState(state) },
        },
        el('span', { class: 'swatch', attrs: { 'data-state': state, 'aria-hidden': 'true' } }),
        trackStateText(t, state),
      );
      this.chips.set(state, chip);
      return chip;
    });
    return el(
      'div',
      { class: 'legend', attrs: { role: 'group', 'aria-label': t('Legend and filter') } },
      ...chips,
    );
  }

  render(): void {
    const { store } = this;
    setText(this.name, store.session?.name ?? t('Timeline'));
    setAttr(this.name, 'title', store.session?.dir ?? '');
    const live = store.data.live;
    this.badge.hidden = !store.data.update;
    setText(this.badge, live ? t('live') : conditionText(t, 'ended'));
    this.badge.classList.toggle('live', live);
    setText(this.length, store.data.update ? duration(store.data.last) : '');
    this.follow.hidden = !live;
    setAttr(this.follow, 'aria-pressed', String(store.follow));
    for (const [state, chip] of this.chips) setAttr(chip, 'aria-pressed', String(store.states.has(state)));
    this.element.classList.toggle('filtered', store.states.size > 0);
    if (this.search.value !== store.search) this.search.value = store.search;
  }
}
