import { t } from '@vscode/l10n';
import {
  hasFailed,
  type PausedBy,
  type TrackState,
  WAIT_STATES,
  type WaitView,
} from '../../model/types/index.ts';
import {
  conditionText,
  endText,
  type Labels,
  latelyText,
  pausedText,
  trackStateText,
} from '../../model/words/index.ts';
import type { SessionData } from './data.ts';
import type { RowView } from './rows.ts';

/** What a track does at the latest time known, for its header. */
export interface NowView {
  readonly state: TrackState;
  readonly text: string;
  /** Begin of the wait, or `null`. */
  readonly since: number | null;
  readonly tone: 'calm' | 'wait' | 'bad';
}

function heldNow(by: PausedBy): NowView {
  return {
    state: by === 'debugger' ? 'paused' : 'stopped',
    text: pausedText(t, by),
    since: null,
    tone: 'wait',
  };
}

export function nowOf(row: RowView, data: SessionData): NowView {
  const { process, thread } = row;
  if (row.track.end !== null) {
    // A worker thread ends on its own: the exit code is the process's.
    const whole = process !== undefined && process.end !== null && (thread?.threadId ?? 0) === 0;
    const bad = whole && hasFailed(process);
    return {
      state: 'exited',
      text: whole ? endText(t, process) : conditionText(t, 'ended'),
      since: null,
      tone: bad ? 'bad' : 'calm',
    };
  }
  if (process && !process.instrumented && process.threads.length === 0) {
    return { state: 'idle', text: conditionText(t, 'untraced'), since: null, tone: 'calm' };
  }
  if (process?.paused) return heldNow(process.paused);
  const wait = thread?.waits[0];
  const state = thread?.state ?? process?.state ?? 'running';
  if (state === 'blocked' && wait) {
    return {
      state: WAIT_STATES[wait.kind],
      text: waitLabel(wait, data.labels),
      since: wait.since,
      tone: 'wait',
    };
  }
  if (state === 'idle')
    return { state: 'idle', text: thread?.asks || conditionText(t, 'idle'), since: null, tone: 'calm' };
  const lately = thread?.lately ?? null;
  const says = lately !== null && lately !== 'running';
  return {
    state: lately ?? 'unknown',
    text: says ? latelyText(t, lately) : '',
    since: null,
    tone: 'calm',
  };
}

/** `lock accounts`, `receive · jobs`: shorter than a sentence, for a header. */
function waitLabel({ kind, resource, awaitedProcess }: WaitView, labels: Labels): string {
  const state = WAIT_STATES[kind];
  if (resource !== null && state === 'lock') return labels.resource(resource);
  const word = trackStateText(t, state, labels.kind(resource) ?? undefined);
  if (resource !== null) return `${word} · ${labels.shortResource(resource)}`;
  return awaitedProcess === null ? word : `${word} · ${labels.process(awaitedProcess)}`;
}
