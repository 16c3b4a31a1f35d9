import * as l10n from '@vscode/l10n';
import { CONDITIONS, type Condition, conditionText } from '../../model/words/index.ts';
import { type Arrangement, filterText, isBad, isFiltered } from './arrangement.ts';
import type { SessionTree } from './build.ts';
import { conditionOf } from './presentation.ts';
import type { TreeIndex } from './tree-index.ts';

export function conditionCounts(indexes: readonly TreeIndex[]): ReadonlyMap<Condition, number> {
  const counts = new Map<Condition, number>();
  for (const index of indexes) {
    for (const process of index.processes.values()) {
      const condition = conditionOf(process, index);
      counts.set(condition, (counts.get(condition) ?? 0) + 1);
    }
  }
  return counts;
}

/** `2 stuck, 3 failed`, whether their rows are shown or not; '': none. */
export function failuresText(counts: ReadonlyMap<Condition, number>): string {
  const parts = CONDITIONS.filter((condition) => isBad(condition) && counts.has(condition)).map(
    (condition) => `${counts.get(condition)} ${conditionText(l10n.t, condition)}`,
  );
  return parts.join(', ');
}

/** What stands above the rows, in few words: the bad ones, since a narrow header hides its description, and the filter. */
export function messageOf(
  counts: ReadonlyMap<Condition, number>,
  trees: readonly Pick<SessionTree, 'shown' | 'all'>[],
  arrangement: Arrangement,
): string {
  return [failuresText(counts), filterMessage(trees, arrangement)].filter(Boolean).join(' · ');
}

/** That rows are left out, by what, and how they come back; '': none are. */
function filterMessage(
  trees: readonly Pick<SessionTree, 'shown' | 'all'>[],
  arrangement: Arrangement,
): string {
  if (!isFiltered(arrangement)) return '';
  const sum = (which: 'shown' | 'all') => trees.reduce((total, tree) => total + tree[which], 0);
  const [shown, all, words] = [sum('shown'), sum('all'), filterText(arrangement)];
  return l10n.t('{0} of {1} processes: {2}. Clear Filter shows all.', shown, all, words);
}
