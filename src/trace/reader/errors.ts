import { codeOf, reasonOf } from '../../base/errors.ts';
import { oneLine } from '../../base/text.ts';
import { TRACE_VERSION } from '../format/definitions.ts';

/**
 * - `notFound`: no such directory. - `notADirectory`. - `denied`: the system refuses to read it.
 * - `notATrace`: there is no stream and no session file in it. - `version`: written by another version of Forkscope.
 */
export type TraceErrorCode = 'notFound' | 'notADirectory' | 'denied' | 'notATrace' | 'version';

/** A trace that cannot be opened at all. The message says what to do; `code` is for programs. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
  readonly code: TraceErrorCode;
  constructor(code: TraceErrorCode, message: string, options?: ErrorOptions) {
    super(oneLine(message), options);
    this.code = code;
  }
}

/** The directory cannot be listed. @param cause what the system said */
export function unreadableDirectory(dir: string, cause: unknown): TraceError {
  switch (codeOf(cause)) {
    case 'ENOENT':
      return new TraceError('notFound', `There is no trace directory ${dir}.`, { cause });
    case 'ENOTDIR':
      return new TraceError('notADirectory', `${dir} is a file. A trace is a directory: give that.`, {
        cause,
      });
    default:
      return new TraceError('denied', `${dir} cannot be read: ${reasonOf(cause)}.`, { cause });
  }
}

/** @param problems why files that are there are not read */
export function notATrace(dir: string, problems: readonly string[]): TraceError {
  const why = problems.length === 0 ? '' : ` (${problems.slice(0, 3).join('; ')})`;
  return new TraceError(
    'notATrace',
    `${dir} holds no Forkscope trace${why}. Give the directory of a traced run.`,
  );
}

export function otherVersion(dir: string, version: number): TraceError {
  const isNewer = version > TRACE_VERSION;
  const age = isNewer ? 'a newer' : 'an older';
  const advice = isNewer
    ? 'Update Forkscope to open it.'
    : 'Open it with the Forkscope that recorded it, or record again.';
  const versions = `trace version ${version}; this one reads ${TRACE_VERSION}`;
  return new TraceError('version', `${dir} was recorded by ${age} Forkscope (${versions}). ${advice}`);
}
