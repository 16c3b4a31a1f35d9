/** Exit codes that are Forkscope's own; all others are the program's. */
export const EXIT = {
  /** Bad arguments, unreadable input: nothing was run. */
  usage: 2,
  /** A deadlock was found and the program was killed (`--on-deadlock kill`). */
  deadlock: 3,
  /** As shells say it: found, but it can't be executed. */
  notExecutable: 126,
  /** As shells say it: no such command. */
  notFound: 127,
} as const;

/** Something that the user can mend: one clear line, no stack. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly exitCode: number;
  constructor(message: string, exitCode: number = EXIT.usage, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** `error.code` of a system error, '' for anything else. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'it is a directory',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  EEXIST: 'it exists already',
  ELOOP: 'its symbolic links go round in a circle',
};

/** A system error in words for one line. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  return REASONS[codeOf(error)] ?? message;
}
