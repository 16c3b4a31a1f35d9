import { t } from '@vscode/l10n';
import type { TrackState, WaitKind } from '../../model/types.ts';
import type { SessionData } from './data.ts';
import { endedBadly, endText } from './process.ts';
import type { RowView } from './rows.ts';
import { stateWord } from './words.ts';

/** What a track does at the newest moment, for its header. */
export interface NowView {
  readonly state: TrackState;
  readonly text: string;
  /** Begin of the wait, or `null`. */
  readonly since: number | null;
  readonly tone: 'calm' | 'wait' | 'bad';
}

const WAIT_STATE: Record<WaitKind, TrackState> = {
  waitAcquire: 'lock',
  waitReceive: 'receive',
  waitAccept: 'receive',
  waitAny: 'receive',
  waitSend: 'send',
  waitFlush: 'send',
  waitJoin: 'join',
  waitSyncSpawn: 'join',
  waitChild: 'join',
  waitResult: 'result',
  waitTaskDone: 'sync',
  waitCondition: 'sync',
  waitEvent: 'sync',
  waitBarrier: 'sync',
  waitAtomics: 'sync',
};

export function nowOf(row: RowView, data: SessionData): NowView {
  const { process, thread } = row;
  if (row.track.end !== null) {
    const text = process && process.end !== null ? endText(process) : t('ended');
    return { state: 'exited', text, since: null, tone: process && endedBadly(process) ? 'bad' : 'calm' };
  }
  if (process && !process.instrumented && process.threads.length === 0) {
    return { state: 'idle', text: t('not traced'), since: null, tone: 'calm' };
  }
  const wait = thread?.waits[0];
  const state = thread?.state ?? process?.state ?? 'running';
  if (state === 'blocked' && wait) {
    const kind = WAIT_STATE[wait.kind];
    const name =
      wait.resourceId === null
        ? wait.awaitedProcessId === null
          ? ''
          : data.names.process(wait.awaitedProcessId)
        : data.names.resourceShort(wait.resourceId);
    return {
      state: kind,
      text: name === '' ? stateWord(kind) : `${stateWord(kind)} ${name}`,
      since: wait.since,
      tone: 'wait',
    };
  }
  if (state === 'idle') return { state: 'idle', text: stateWord('idle'), since: null, tone: 'calm' };
  return { state: 'running', text: '', since: null, tone: 'calm' };
}
