/**
 * - `notFound`: no such directory. - `notADirectory`. - `denied`: the system refuses to read it.
 * - `notATrace`: there is no stream and no session file in it. - `version`: written by another version of Forkscope.
 */
export type TraceErrorCode = 'notFound' | 'notADirectory' | 'denied' | 'notATrace' | 'version';

/** A trace that cannot be opened at all. The message says what to do; `code` is for programs. */
export class TraceError extends Error {
  readonly code: TraceErrorCode;
  constructor(code: TraceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TraceError';
    this.code = code;
  }
}
