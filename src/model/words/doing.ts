import {
  hasFailed,
  isStarting,
  type Lately,
  mainWait,
  type ProcessView,
  type ThreadState,
  type ThreadView,
  waitOf,
} from '../types/index.ts';
import { endText } from './ends.ts';
import type { Labels } from './labels.ts';
import { type Condition, conditionText, latelyText, pausedText } from './states.ts';
import type { Translate } from './translate.ts';

/** What else decides what a process or thread is like. */
export interface Moment {
  /** More may be recorded. */
  readonly live: boolean;
  /** Session time, ns. */
  readonly now: number;
}

/** @param stuck a blocking finding names it */
export function conditionOf(process: ProcessView, stuck: boolean, moment: Moment): Condition {
  if (process.end !== null) return hasFailed(process) ? 'failed' : 'ended';
  if (process.paused !== null && !stuck) return 'paused';
  if (stuck) return 'stuck';
  if (!process.instrumented) return starts(process, moment) ? 'running' : 'untraced';
  if (process.state === 'running' && latelyOf(process) === 'idle') return 'idle';
  return process.state === 'exited' ? 'ended' : process.state;
}

/** @param stuck a blocking finding names it */
export function threadConditionOf(thread: ThreadView, stuck: boolean): Condition {
  if (thread.end !== null || thread.state === 'exited') return 'ended';
  if (stuck) return 'stuck';
  return thread.state === 'running' && thread.lately === 'idle' ? 'idle' : thread.state;
}

/**
 * What somebody who lives does, in one phrase: its state, or where that is only that no wait is known, what the processors show.
 * @param threads of a process all, of a thread itself
 */
export function livingText(t: Translate, state: ThreadState, threads: readonly ThreadView[]): string {
  const lately = state === 'running' ? latelyOf({ threads }) : null;
  return lately === null ? conditionText(t, state) : latelyText(t, lately);
}

/** What the threads of a process did lately that are not known to wait: the one that did most; `null`: not known of one of them. */
function latelyOf({ threads }: Pick<ProcessView, 'threads'>): Lately | null {
  const did = threads.filter(({ state }) => state === 'running').map(({ lately }) => lately);
  if (did.includes('running')) return 'running';
  if (did.includes(null)) return null;
  return MOST_FIRST.find((lately) => did.includes(lately)) ?? null;
}
const MOST_FIRST: readonly Lately[] = ['ready', 'native', 'paused', 'stopped', 'idle'];

/** What the processors show where the word for the condition would say more than is known; '': nothing. */
function processorText(t: Translate, condition: Condition, lately: Lately | null, stopped: boolean): string {
  if (stopped) return latelyText(t, 'stopped');
  if (condition !== 'running' || lately === null || lately === 'running' || lately === 'idle') return '';
  return latelyText(t, lately);
}

function starts(process: ProcessView, { live, now }: Moment): boolean {
  return live && isStarting(process, now);
}

/** What a process does or how it has ended: `waits for lock B, held by worker-2`, `exit code 3`, `running`. */
export function processText(
  t: Translate,
  process: ProcessView,
  condition: Condition,
  labels: Labels,
  moment: Moment,
): string {
  if (process.end !== null) return endText(t, process);
  if (process.paused !== null) return pausedText(t, process.paused);
  if (condition === 'untraced') return untracedText(t, process.reason);
  const stopped =
    process.threads.length > 0 &&
    process.threads.every(({ end, lately }) => end !== null || lately === 'stopped');
  const lately = processorText(t, condition, latelyOf(process), stopped);
  if (lately !== '') return lately;
  const wait = waitOf(process);
  if (wait !== undefined && isHeldUp(condition)) return labels.wait(wait);
  const asks = process.threads.find(({ threadId }) => threadId === 0)?.asks ?? '';
  if (condition === 'idle' && asks !== '') return t('idle, {0}', asks);
  if (condition === 'idle' && process.keptAlive !== '')
    return t('idle, kept alive by {0}', process.keptAlive);
  return conditionText(t, starts(process, moment) ? 'starting' : condition);
}

/** `not traced: not a Node.js program (sh)`. `reason`: '' where none is known. */
export function untracedText(t: Translate, reason: string): string {
  return reason === '' ? conditionText(t, 'untraced') : t('not traced: {0}', reason);
}

/** What a thread does, as {@link processText}. */
export function threadText(t: Translate, thread: ThreadView, condition: Condition, labels: Labels): string {
  const lately = processorText(
    t,
    condition,
    thread.lately,
    thread.end === null && thread.lately === 'stopped',
  );
  if (lately !== '') return lately;
  if (condition === 'idle' && thread.asks !== '') return t('idle, {0}', thread.asks);
  // Of a main thread its process says it.
  if (condition === 'idle' && thread.keptAlive !== '' && thread.threadId !== 0)
    return t('idle, kept alive by {0}', thread.keptAlive);
  const wait = mainWait(thread.waits);
  return wait === undefined || !isHeldUp(condition) ? conditionText(t, condition) : labels.wait(wait);
}

/** Says the wait more than the word for the condition? */
function isHeldUp(condition: Condition): boolean {
  return condition === 'stuck' || condition === 'blocked' || condition === 'waiting';
}
