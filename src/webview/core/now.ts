import { t } from '@vscode/l10n';
import { hasFailed, type TrackState, WAIT_STATES } from '../../model/types/index.ts';
import type { SessionData } from './data.ts';
import { endText } from './process.ts';
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

export function nowOf(row: RowView, data: SessionData): NowView {
  const { process, thread } = row;
  if (row.track.end !== null) {
    // A worker thread ends on its own: the exit code is the process's.
    const whole = process !== undefined && process.end !== null && (thread?.threadId ?? 0) === 0;
    const bad = whole && hasFailed(process);
    return {
      state: 'exited',
      text: whole ? endText(process) : t('ended'),
      since: null,
      tone: bad ? 'bad' : 'calm',
    };
  }
  if (process && !process.instrumented && process.threads.length === 0) {
    return { state: 'idle', text: t('not traced'), since: null, tone: 'calm' };
  }
  const wait = thread?.waits[0];
  const state = thread?.state ?? process?.state ?? 'running';
  if (state === 'blocked' && wait) {
    const kind = WAIT_STATES[wait.kind];
    const name =
      wait.resource === null
        ? wait.awaitedProcess === null
          ? ''
          : data.names.process(wait.awaitedProcess)
        : data.names.resourceShort(wait.resource);
    return {
      state: kind,
      text: waitText(kind, name, wait.resource, data),
      since: wait.since,
      tone: 'wait',
    };
  }
  if (state === 'idle') return { state: 'idle', text: stateWord('idle'), since: null, tone: 'calm' };
  return { state: 'running', text: '', since: null, tone: 'calm' };
}

function waitText(state: TrackState, name: string, resource: string | null, data: SessionData): string {
  const word = stateWord(state, resource === null ? undefined : data.names.kind(resource));
  return name === '' || name === word ? word : `${word} ${name}`;
}
