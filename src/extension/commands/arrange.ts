import * as vscode from 'vscode';
import { CONDITIONS, type Condition, conditionTitle } from '../../model/words/index.ts';
import {
  type Arrangement,
  PLAIN,
  SELECTIONS,
  type Selection,
  SORTS,
  selectionTitle,
  sortTitle,
} from '../tree/arrangement.ts';
import type { Arranging } from '../tree/arranging.ts';

type Filter = Pick<Arrangement, 'text' | 'only' | 'states'>;
const NO_FILTER: Filter = { text: PLAIN.text, only: PLAIN.only, states: PLAIN.states };

/** What the commands of the tree's order and filter do. `conditions`: how many processes there are in each. */
export function arrangeHandlers(arranging: Arranging, conditions: () => ReadonlyMap<Condition, number>) {
  const set = (change: Partial<Arrangement>) => () => arranging.change(change);
  return {
    'forkscope.filter': () => askFilter(arranging, conditions()),
    'forkscope.clearFilter': set(NO_FILTER),
    'forkscope.sort': () => askSort(arranging),
    'forkscope.hideEnded': set({ hideEnded: true }),
    'forkscope.showEnded': set({ hideEnded: false }),
    'forkscope.groupEqual': set({ group: true }),
    'forkscope.ungroupEqual': set({ group: false }),
  };
}

interface FilterItem extends vscode.QuickPickItem {
  readonly only?: Selection;
  readonly state?: Condition;
}

/** Text is typed, the rest checked; the tree follows while one does. Escape brings back what was before. */
function askFilter(arranging: Arranging, counts: ReadonlyMap<Condition, number>): Promise<void> {
  const { text, only, states } = arranging.arrangement;
  const box = vscode.window.createQuickPick<FilterItem>();
  box.title = vscode.l10n.t('Filter Processes');
  box.placeholder = vscode.l10n.t('Part of a name, state, process id or command line');
  box.canSelectMany = true;
  box.items = filterItems(counts);
  box.selectedItems = box.items.filter(
    (item) => (item.only && only.includes(item.only)) || (item.state && states.includes(item.state)),
  );
  box.value = text;
  const apply = () => arranging.change(filterOf(box.value, box.selectedItems));
  let accepted = false;
  return new Promise((resolve) => {
    box.onDidChangeValue(apply);
    box.onDidChangeSelection(apply);
    box.onDidAccept(() => {
      accepted = true;
      apply();
      box.hide();
    });
    box.onDidHide(() => {
      if (!accepted) arranging.change({ text, only, states });
      box.dispose();
      resolve();
    });
    box.show();
  });
}

/** What is typed is no search among them: all are always shown. */
function filterItems(counts: ReadonlyMap<Condition, number>): FilterItem[] {
  const separator = (label: string) => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [
    ...SELECTIONS.map((only) => ({ label: selectionTitle(only), only, alwaysShow: true })),
    separator(vscode.l10n.t('States')),
    ...CONDITIONS.map((state) => ({
      label: conditionTitle(vscode.l10n.t, state),
      description: String(counts.get(state) ?? 0),
      state,
      alwaysShow: true,
    })),
  ];
}

function filterOf(text: string, items: readonly FilterItem[]): Filter {
  return {
    text: text.trim(),
    only: items.flatMap(({ only }) => only ?? []),
    states: items.flatMap(({ state }) => state ?? []),
  };
}

async function askSort(arranging: Arranging): Promise<void> {
  const items = SORTS.map((sort) => ({
    label: sortTitle(sort),
    description: sort === arranging.arrangement.sort ? vscode.l10n.t('now') : '',
    sort,
  }));
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Sort Processes by') });
  if (picked) arranging.change({ sort: picked.sort });
}
