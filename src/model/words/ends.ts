import type { ProcessView } from '../types/index.ts';
import type { Translate } from './translate.ts';

/** How a process has ended, as far as anybody knows. */
export type End = Pick<ProcessView, 'exitCode' | 'signal'>;
type EndKind = 'signal' | 'code' | 'unknown';

interface EndWords {
  /** Alone: in a row, in brackets. */
  readonly alone: (t: Translate, how: string) => string;
  /** As a sentence about somebody. */
  readonly sentence: (t: Translate, who: string, how: string) => string;
}

/** Of orphans, and of those whose parent was killed, nobody learns how they ended. */
const ENDS: Readonly<Record<EndKind, EndWords>> = {
  signal: {
    alone: (t, how) => t('killed by {0}', how),
    sentence: (t, who, how) => t('{0} was killed by {1}', who, how),
  },
  code: {
    alone: (t, how) => t('exit code {0}', how),
    sentence: (t, who, how) => t('{0} exited with code {1}', who, how),
  },
  unknown: { alone: (t) => t('ended'), sentence: (t, who) => t('{0} has ended', who) },
};

function kindOf({ exitCode, signal }: End): EndKind {
  if (signal !== null) return 'signal';
  return exitCode === null ? 'unknown' : 'code';
}

/** `exit code 3`, `killed by SIGKILL`, `ended`. */
export function endText(t: Translate, end: End): string {
  return ENDS[kindOf(end)].alone(t, end.signal ?? String(end.exitCode));
}

/** `worker-1 was killed by SIGKILL`. */
export function endSentence(t: Translate, who: string, end: End): string {
  return ENDS[kindOf(end)].sentence(t, who, end.signal ?? String(end.exitCode));
}
