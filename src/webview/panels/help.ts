import { t } from '@vscode/l10n';
import { el } from '../dom/dom.ts';

/** The list of keys, as a dialog. */
export function makeHelp(): HTMLDialogElement {
  const keys: [string, string][] = [
    ['W  S  +  −', t('zoom in and out (also Ctrl+wheel, pinch)')],
    ['A  D  ←  →', t('move in time (also drag, Shift+wheel)')],
    ['↑  ↓', t('choose a track')],
    ['N  P', t('next, previous wait of the chosen track; with Shift of all tracks')],
    [',  .', t('previous, next slice')],
    ['Enter', t('go to source; with Ctrl beside')],
    ['Z', t('zoom to the selection (also double click)')],
    ['F  0', t('show all')],
    ['L', t('follow the live end')],
    ['/', t('search')],
    ['Esc', t('clear the selection')],
    [t('Shift+drag'), t('select time and see its statistics (also on the axis)')],
  ];
  const rows = keys.flatMap(([key, text]) => [el('dt', {}, el('kbd', { text: key })), el('dd', { text })]);
  const heading = el('h2', { text: t('Keys') });
  const dialog = el(
    'dialog',
    { class: 'help', attrs: { 'aria-label': t('Keys') } },
    heading,
    el('dl', {}, ...rows),
  );
  const attrs = { type: 'button' };
  dialog.append(
    el('button', { class: 'button', text: t('Close'), attrs, on: { click: () => dialog.close() } }),
  );
  return dialog;
}
