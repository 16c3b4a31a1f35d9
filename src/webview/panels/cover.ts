import { t } from '@vscode/l10n';
import type { ToExtension } from '../../protocol/timeline.ts';
import type { Store } from '../core/store.ts';
import { el } from '../dom/dom.ts';

/** Shown in place of the tracks: no session is open, it is loading or has failed to, or no track matches the search. */
export class Cover {
  readonly element = el('div', { class: 'cover', attrs: { role: 'status' } });
  private readonly store: Store;
  private readonly command: (name: Extract<ToExtension, { type: 'command' }>['name']) => void;
  private shown = '';

  constructor(store: Store, command: Cover['command']) {
    this.store = store;
    this.command = command;
  }

  render(): void {
    const { status, data, search } = this.store;
    const empty = status.type === 'shown' && data.rows.length === 0;
    const key = JSON.stringify([status, empty, search !== '']);
    if (key === this.shown) return;
    this.shown = key;
    this.element.hidden = status.type === 'shown' && !empty;
    this.element.replaceChildren(...this.content(empty));
  }

  private content(empty: boolean): HTMLElement[] {
    const { status, search } = this.store;
    if (status.type === 'none') {
      return [
        el('h2', { text: t('No trace is open') }),
        el('p', { text: t('Run a script with tracing, or open a trace that was saved.') }),
        el(
          'div',
          { class: 'actions' },
          this.button(t('Run with Tracing'), 'run', true),
          this.button(t('Open Trace…'), 'open'),
        ),
      ];
    }
    if (status.type === 'failed') {
      return [
        el('h2', { text: t('The trace can’t be shown') }),
        el('p', { class: 'error', text: status.message }),
        el(
          'div',
          { class: 'actions' },
          this.button(t('Try Again'), 'retry', true),
          this.button(t('Open Trace…'), 'open'),
        ),
      ];
    }
    if (status.type === 'loading' || status.type === 'connecting') {
      const name = status.type === 'loading' ? status.name : '';
      const text = name === '' ? t('Reading the trace …') : t('Reading {0} …', name);
      return [el('div', { class: 'progress', attrs: { 'aria-hidden': 'true' } }), el('p', { text })];
    }
    if (!empty) return [];
    if (search !== '') return [el('p', { text: t('Nothing matches “{0}”.', search) })];
    return [el('p', { text: t('No process has reported yet.') })];
  }

  private button(text: string, name: Parameters<Cover['command']>[0], primary = false): HTMLElement {
    const attrs = { type: 'button' };
    return el('button', {
      class: primary ? 'button' : 'button secondary',
      text,
      attrs,
      on: { click: () => this.command(name) },
    });
  }
}
