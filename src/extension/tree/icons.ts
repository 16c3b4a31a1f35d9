import type { WaitKind } from '../../model/types/index.ts';
import type { Condition } from '../../model/words/index.ts';

/** All pictures of the tree. */
export interface Icon {
  /** Id in VS Code's product icon set. */
  readonly id: string;
  /** Theme colour. */
  readonly color?: string;
}

const ALARM: Icon = { id: 'error', color: 'list.errorForeground' };
const WARNING: Icon = { id: 'warning', color: 'list.warningForeground' };

const CONDITIONS: Readonly<Record<Condition, Icon>> = {
  stuck: ALARM,
  paused: { id: 'debug-pause', color: 'debugIcon.pauseForeground' },
  blocked: { id: 'debug-pause', color: 'charts.yellow' },
  waiting: { id: 'clockface', color: 'charts.blue' },
  running: { id: 'play', color: 'charts.green' },
  idle: { id: 'circle-outline', color: 'disabledForeground' },
  untraced: { id: 'circle-slash', color: 'disabledForeground' },
  failed: { id: 'close', color: 'charts.red' },
  ended: { id: 'check', color: 'disabledForeground' },
};

/** Waits that have a picture of their own, in the colour of the condition. */
const WAITS: Partial<Record<WaitKind, Pick<Icon, 'id'>>> = {
  waitAcquire: { id: 'lock' },
  waitReceive: { id: 'inbox' },
  waitJoin: { id: 'clockface' },
  waitChild: { id: 'clockface' },
  waitSyncSpawn: { id: 'clockface' },
};

/** Of a process, a thread, or a group of them; `wait`: what it waits for, if anything. */
export function conditionIcon(condition: Condition, wait?: WaitKind): Icon {
  const icon = CONDITIONS[condition];
  return condition === 'blocked' || condition === 'waiting' ? { ...icon, ...(wait && WAITS[wait]) } : icon;
}

/** Of a session. `alarm`: a blocking finding names one of its processes; `failed`: it can't be shown. */
export function sessionIcon({ live, alarm, failed }: Record<'live' | 'alarm' | 'failed', boolean>): Icon {
  if (failed) return WARNING;
  if (alarm) return ALARM;
  return live ? { id: 'pulse', color: 'charts.green' } : { id: 'history', color: 'disabledForeground' };
}

/** Of a finding. `alarm`: it blocks, and is certain. */
export function findingIcon(alarm: boolean): Icon {
  return alarm ? ALARM : WARNING;
}

/** Of connections between processes. */
export function connectionIcon(): Icon {
  return { id: 'plug' };
}

/** Of a link of a finding's chain; from the last one it goes back to the first. */
export function linkIcon(last: boolean): Icon {
  return { id: last ? 'debug-restart' : 'arrow-small-down' };
}
