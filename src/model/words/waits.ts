import type { ThingKind, WaitKind } from '../types/index.ts';
import { listText } from './lists.ts';
import type { Translate } from './translate.ts';

/** What a wait is for, in words. */
export interface Goal {
  /** Label of the resource, or name of the process or thread whose end is awaited; `null`: not known. */
  readonly thing: string | null;
  /** Kind of the resource, `null`: none is known. */
  readonly kind: ThingKind | null;
  /** Names of those who hold it. */
  readonly holders: readonly string[];
}

type KnownGoal = Goal & { readonly thing: string };

/** More holders are only counted. */
const MOST_HOLDERS = 4;

/** What somebody who waits does, by kind of wait: follows a name in a sentence, and stands alone in a row. */
const WAITS: Readonly<Record<WaitKind, (t: Translate, goal: KnownGoal) => string>> = {
  waitAcquire: (t, { thing, holders }) =>
    holders.length === 0
      ? t('waits for {0}', thing)
      : t('waits for {0}, held by {1}', thing, listText(t, holders, MOST_HOLDERS)),
  waitReceive: (t, { thing, kind }) => {
    if (kind === 'stdio') return t('waits for bytes from {0}', thing);
    return isQueue(kind) ? t('waits for an item from {0}', thing) : t('waits for a message from {0}', thing);
  },
  waitSend: (t, { thing }) => t('waits for room in {0}', thing),
  waitFlush: (t, { thing }) => t('waits until others take what it put into {0}', thing),
  waitJoin: (t, { thing }) => t('waits for the end of {0}', thing),
  waitChild: (t, { thing }) => t('waits for the end of {0}', thing),
  waitSyncSpawn: (t, { thing }) => t('stands still until the end of {0}', thing),
  waitTaskDone: (t, { thing }) => t('waits for taskDone() for every item of {0}', thing),
  waitCondition: (t, { thing }) => t('waits for a notify on {0}', thing),
  waitEvent: (t, { thing }) => t('waits for {0} to be set', thing),
  waitBarrier: (t, { thing }) => t('waits for the other parties of {0}', thing),
  waitResult: (t, { thing }) => t('waits for the result of a task of {0}', thing),
  waitReady: (t, { thing }) => t('waits for the workers of {0} to be ready', thing),
  waitCall: (t, { thing }) => t('waits for the answer to its call of {0}', thing),
  waitAny: (t) => t('waits for any of several things'),
  waitAccept: (t, { thing }) => t('waits for a client of {0}', thing),
  waitAtomics: (t, { thing, kind }) =>
    kind === null ? t('waits in Atomics.wait') : t('waits in Atomics.wait on {0}', thing),
};

/** Waits for the end of a process or thread. */
const FOR_ENDS: readonly WaitKind[] = ['waitJoin', 'waitChild', 'waitSyncSpawn'];

/** `waits for lock B, held by worker-2`. */
export function waitText(t: Translate, kind: WaitKind, goal: Goal): string {
  const unknown = FOR_ENDS.includes(kind) ? someChildText(t) : unknownText(t);
  return WAITS[kind](t, { ...goal, thing: goal.thing ?? unknown });
}

/** What is said of a child without a name. */
export function someChildText(t: Translate): string {
  return t('a child process');
}

/** Many wait at one place, each for a thing of its own: `one queue each`. */
export function oneEachText(t: Translate, thing: string): string {
  return t('one {0} each', thing);
}

/** What is said of something of which nothing is known. */
export function unknownText(t: Translate): string {
  return t('something unknown');
}

function isQueue(kind: ThingKind | null): boolean {
  return kind === 'queue' || kind === 'joinableQueue' || kind === 'simpleQueue';
}
