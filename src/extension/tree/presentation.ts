import * as l10n from '@vscode/l10n';
import { bytes } from '../../base/units.ts';
import type { ProcessView, ThreadView } from '../../model/types/index.ts';
import * as words from '../../model/words/index.ts';
import { cpu, duration } from './format.ts';
import type { TreeIndex } from './tree-index.ts';

/** The condition of a process, `stuck` when a blocking finding names it. */
export function conditionOf(process: ProcessView, { stuck, moment }: TreeIndex): words.Condition {
  return words.conditionOf(process, stuck.has(process.id), moment);
}

export function threadCondition(thread: ThreadView, { stuck }: TreeIndex): words.Condition {
  const isStuck = stuck.get(thread.process)?.chain.some((link) => link.thread === thread.id) === true;
  return words.threadConditionOf(thread, isStuck);
}

/** What a process does, in words, without figures. */
export function stateText(process: ProcessView, condition: words.Condition, index: TreeIndex): string {
  return words.processText(l10n.t, process, condition, index.labels, index.moment);
}

/** The right-hand text of a process: state, figures, pid. */
export function describe(process: ProcessView, condition: words.Condition, index: TreeIndex): string {
  const parts = [stateText(process, condition, index), ...figuresOf(process, index)];
  if (process.end !== null) parts.push(duration(process.end - process.start));
  parts.push(l10n.t('pid {0}', process.pid));
  return parts.join(' · ');
}

/** CPU and memory of a process that lives; of one that was alive when its trace ended, only that it was. */
export function figuresOf({ end, cpu: percent, memory }: ProcessView, { snapshot }: TreeIndex): string[] {
  if (end !== null) return [];
  if (!snapshot.live) return [l10n.t('when the trace ended')];
  return [...(percent === null ? [] : [cpu(percent)]), ...(memory === null ? [] : [bytes(memory)])];
}
