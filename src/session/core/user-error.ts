/** Exit codes that are Forkscope's own; all others are the program's. */
export const EXIT = {
  /** The work was done, but what was to be written at its end could not be. */
  unwritten: 1,
  /** Bad arguments, unreadable input: nothing was run. */
  usage: 2,
  /** A deadlock was found and the program was killed (`--on-deadlock kill`). */
  deadlock: 3,
  /** The program succeeded, and something was found that `--fail-on` names. */
  findings: 4,
  /** `verify`: the trace does not bear out a finding that is said to be proven. */
  refused: 5,
  /** As shells say it: found, but it can't be executed. */
  notExecutable: 126,
  /** As shells say it: no such command. */
  notFound: 127,
} as const;

/** What can be wrong; the words of each are in `errors.ts`. */
export type UserErrorCode =
  | 'notBuilt'
  | 'noSuchFolder'
  | 'noSuchScript'
  | 'scriptIsFolder'
  | 'notAScript'
  | 'unreadableScript'
  | 'noSuchCommand'
  | 'notExecutable'
  | 'noNode'
  | 'deniedNode'
  | 'notANode'
  | 'oldNode'
  | 'nodeWithoutTypeScript'
  | 'traceNotAFolder'
  | 'traceNotEmpty'
  | 'unwritableTrace'
  | 'outputIsFolder'
  | 'unwritableOutput'
  | 'notAReport'
  | 'notPacked'
  | 'unknownWallClock'
  | 'packedTooLarge'
  | 'notInspectable'
  | 'consentNeeded';

export interface UserErrorDetails extends ErrorOptions {
  /** How to mend it by an option of the command line; the editor has other ways, and leaves it out. */
  readonly hint?: string | undefined;
  /** Default: `EXIT.usage`. */
  readonly exitCode?: number;
}

/** Something that the user can mend: one clear line, no stack. Made by the factories in `errors.ts` only. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: UserErrorCode;
  /** The message without the hint. */
  readonly problem: string;
  readonly exitCode: number;
  constructor(code: UserErrorCode, problem: string, { hint, exitCode, ...options }: UserErrorDetails = {}) {
    super(hint === undefined ? problem : `${problem}; ${hint}`, options);
    this.code = code;
    this.problem = problem;
    this.exitCode = exitCode ?? EXIT.usage;
  }
}
