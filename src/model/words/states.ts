import type { Lately, PausedBy, ThingKind, ThreadState, TrackState } from '../types/index.ts';
import { resourceKindText } from './resources.ts';
import type { Translate } from './translate.ts';

/** What a process or thread is like, most urgent first: what it does, what a finding says of it, or how it ended. */
export const CONDITIONS = [
  'stuck',
  'paused',
  'blocked',
  'waiting',
  'running',
  'idle',
  'untraced',
  'failed',
  'ended',
] as const;
export type Condition = (typeof CONDITIONS)[number];

interface StateWords {
  /** As a heading. */
  readonly title: (t: Translate) => string;
  /** Within a row. */
  readonly word: (t: Translate) => string;
}

const CONDITION_WORDS: Readonly<Record<Condition | ThreadState | 'starting', StateWords>> = {
  stuck: { title: (t) => t('Stuck'), word: (t) => t('stuck') },
  paused: { title: (t) => t('Paused'), word: (t) => t('paused') },
  blocked: { title: (t) => t('Blocked'), word: (t) => t('blocked') },
  waiting: { title: (t) => t('Waiting'), word: (t) => t('waiting') },
  running: { title: (t) => t('Running'), word: (t) => t('running') },
  starting: { title: (t) => t('Starting'), word: (t) => t('starting') },
  idle: { title: (t) => t('Idle'), word: (t) => t('idle') },
  untraced: { title: (t) => t('Not traced'), word: (t) => t('not traced') },
  failed: { title: (t) => t('Failed'), word: (t) => t('failed') },
  ended: { title: (t) => t('Ended'), word: (t) => t('ended') },
  exited: { title: (t) => t('Ended'), word: (t) => t('ended') },
};

export function conditionTitle(t: Translate, condition: Condition): string {
  return CONDITION_WORDS[condition].title(t);
}
export function conditionText(t: Translate, condition: Condition | ThreadState | 'starting'): string {
  return CONDITION_WORDS[condition].word(t);
}

/** What a track shows, where it is not about a kind of resource that has words of its own. */
const TRACK_WORDS: Readonly<Record<TrackState, StateWords>> = {
  running: { title: (t) => t('On a processor'), word: (t) => t('on a processor') },
  lock: { title: (t) => t('Waits for lock'), word: (t) => t('lock') },
  receive: { title: (t) => t('Waits to receive'), word: (t) => t('receive') },
  send: { title: (t) => t('Waits to send'), word: (t) => t('send') },
  join: { title: (t) => t('Waits for process'), word: (t) => t('join') },
  sync: { title: (t) => t('Blocked synchronously'), word: (t) => t('blocked') },
  result: { title: (t) => t('Waits for result'), word: (t) => t('result') },
  idle: CONDITION_WORDS.idle,
  holding: { title: (t) => t('Holds lock'), word: (t) => t('holding') },
  exited: CONDITION_WORDS.exited,
  ready: { title: (t) => t('Ready, without a processor'), word: (t) => t('ready') },
  native: { title: (t) => t('In a native call'), word: (t) => t('native call') },
  paused: { title: (t) => t('Paused by a debugger'), word: (t) => t('paused') },
  stopped: { title: (t) => t('Stopped by a signal'), word: (t) => t('stopped') },
  unknown: { title: (t) => t('Not known'), word: (t) => t('not known') },
};

const PAUSE_WORDS: Readonly<Record<PausedBy, (t: Translate) => string>> = {
  debugger: (t) => t('paused in the debugger'),
  signal: (t) => t('stopped by a signal'),
};

/** What holds a process. */
export function pausedText(t: Translate, by: PausedBy): string {
  return PAUSE_WORDS[by](t);
}

/** The state of a track as a title. `kind`: of the resource that the state is about. */
export function trackStateTitle(t: Translate, state: TrackState, kind?: ThingKind): string {
  if (kind !== undefined && state === 'lock') return t('Waits for {0}', resourceKindText(t, kind));
  if (kind !== undefined && state === 'holding') return t('Holds {0}', resourceKindText(t, kind));
  return TRACK_WORDS[state].title(t);
}

/** One word for legends and narrow slices. */
export function trackStateText(t: Translate, state: TrackState, kind?: ThingKind): string {
  return kind !== undefined && state === 'lock' ? resourceKindText(t, kind) : TRACK_WORDS[state].word(t);
}

const LATELY_WORDS: Readonly<Record<Lately, (t: Translate) => string>> = {
  running: CONDITION_WORDS.running.word,
  ready: (t) => t('ready, without a processor'),
  idle: CONDITION_WORDS.idle.word,
  native: (t) => t('in a native call'),
  paused: (t) => t('paused by a debugger'),
  stopped: PAUSE_WORDS.signal,
};

/** What a thread did lately, within a row; `null`: nothing tells. */
export function latelyText(t: Translate, lately: Lately | null): string {
  return lately === null ? conditionText(t, 'running') : LATELY_WORDS[lately](t);
}
