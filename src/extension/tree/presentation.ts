import * as l10n from '@vscode/l10n';
import { bytes } from '../../base/units.ts';
import {
  hasFailed,
  isStarting,
  type ProcessView,
  type ThreadView,
  type WaitKind,
} from '../../model/types/index.ts';
import { cpu, duration } from './format.ts';
import type { TreeIndex } from './tree-index.ts';
import { mainWait, waitText } from './waits.ts';

/** Kinds of processes and threads, most urgent first: order and names of the groups. */
export const CONDITIONS = [
  'stuck',
  'blocked',
  'waiting',
  'running',
  'idle',
  'untraced',
  'failed',
  'ended',
] as const;
export type Condition = (typeof CONDITIONS)[number];

export interface Icon {
  /** Id in VS Code's product icon set. */
  readonly id: string;
  /** Theme colour. */
  readonly color?: string;
}

/** The condition of a process, `stuck` when a blocking finding names it. */
export function conditionOf(process: ProcessView, index: TreeIndex): Condition {
  if (process.end !== null) return hasFailed(process) ? 'failed' : 'ended';
  if (index.stuck.has(process.id)) return 'stuck';
  if (!process.instrumented) return starts(process, index) ? 'running' : 'untraced';
  return process.state === 'exited' ? 'ended' : process.state;
}

function starts(process: ProcessView, { snapshot }: TreeIndex): boolean {
  return snapshot.live && isStarting(process, snapshot.lastTime);
}

export function threadCondition(thread: ThreadView, index: TreeIndex): Condition {
  if (thread.end !== null || thread.state === 'exited') return 'ended';
  const stuck = index.stuck.get(thread.process)?.chain.some((link) => link.thread === thread.id);
  return stuck ? 'stuck' : thread.state;
}

export function conditionText(condition: Condition): string {
  switch (condition) {
    case 'stuck':
      return l10n.t('Stuck');
    case 'blocked':
      return l10n.t('Blocked');
    case 'waiting':
      return l10n.t('Waiting');
    case 'running':
      return l10n.t('Running');
    case 'idle':
      return l10n.t('Idle');
    case 'untraced':
      return l10n.t('Not traced');
    case 'failed':
      return l10n.t('Failed');
    case 'ended':
      return l10n.t('Ended');
  }
}

const ICONS: Readonly<Record<Condition, Icon>> = {
  stuck: { id: 'error', color: 'list.errorForeground' },
  blocked: { id: 'debug-pause', color: 'charts.yellow' },
  waiting: { id: 'clockface', color: 'charts.blue' },
  running: { id: 'play', color: 'charts.green' },
  idle: { id: 'circle-outline', color: 'disabledForeground' },
  untraced: { id: 'circle-slash', color: 'disabledForeground' },
  failed: { id: 'close', color: 'charts.red' },
  ended: { id: 'check', color: 'disabledForeground' },
};

const WAIT_ICONS: Partial<Record<WaitKind, string>> = {
  waitAcquire: 'lock',
  waitReceive: 'inbox',
  waitJoin: 'clockface',
  waitChild: 'clockface',
  waitSyncSpawn: 'clockface',
};

export function iconOf(condition: Condition, wait: WaitKind | undefined): Icon {
  const icon = ICONS[condition];
  const special = wait && (condition === 'blocked' || condition === 'waiting') ? WAIT_ICONS[wait] : undefined;
  return special ? { ...icon, id: special } : icon;
}

/** What a process does, in words, without figures. */
export function stateText(process: ProcessView, condition: Condition, index: TreeIndex): string {
  if (process.end !== null) return endText(process);
  const wait = waitOf(process);
  const waits = wait ? waitText(wait, index) : undefined;
  if (condition === 'stuck' && waits) return waits;
  if (condition === 'untraced') {
    return process.reason ? l10n.t('not traced: {0}', process.reason) : l10n.t('not traced');
  }
  if ((condition === 'blocked' || condition === 'waiting') && waits) return waits;
  if (condition === 'idle' && process.keptAlive !== '')
    return l10n.t('idle, kept alive by {0}', process.keptAlive);
  if (starts(process, index)) return l10n.t('starting');
  return conditionText(condition).toLowerCase();
}

function endText(process: ProcessView): string {
  if (process.signal) return l10n.t('killed by {0}', process.signal);
  if (process.exitCode === null) return l10n.t('ended');
  return l10n.t('exit code {0}', process.exitCode);
}

/** The wait of a process: that of its main thread, else of any. */
export function waitOf(process: ProcessView) {
  const main = process.threads.find((t) => t.threadId === 0);
  return mainWait(main?.waits ?? []) ?? mainWait(process.threads.flatMap((t) => t.waits));
}

/** The right-hand text of a process: state, figures, pid. */
export function describe(process: ProcessView, condition: Condition, index: TreeIndex): string {
  const parts = [stateText(process, condition, index), ...figuresOf(process, index)];
  if (process.end !== null) parts.push(duration(process.end - process.start));
  parts.push(l10n.t('pid {0}', process.pid));
  return parts.join(' · ');
}

/** What a living process takes; of a trace that is over only that it lived then. */
export function figuresOf({ end, cpu: percent, memory }: ProcessView, { snapshot }: TreeIndex): string[] {
  if (end !== null) return [];
  if (!snapshot.live) return [l10n.t('when the trace ended')];
  return [...(percent === null ? [] : [cpu(percent)]), ...(memory === null ? [] : [bytes(memory)])];
}
