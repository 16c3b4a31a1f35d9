import fs from 'node:fs';
import type { SessionEnvironment } from '../../base/environment.ts';
import type { Recorder } from '../core/recorder.ts';

const { closeSync, openSync, statSync } = fs;
const ABSENT: readonly unknown[] = ['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'ELOOP'];
const EXECUTABLE = 0o001;
const READABLE = 0o004;

export interface Tracing {
  readonly session: Pick<SessionEnvironment, 'shim'>;
  readonly recorder: Pick<Recorder, 'problem'>;
}

/**
 * Can a child load the shim? Node ends at once when it cannot read what `--require` names: in a process that has changed its
 * user, or when the child runs as another one. Such a child must start without; the trace says so.
 * @param uid the user whom the child gets; undefined: this process's own
 */
export function reaches({ session, recorder }: Tracing, uid?: unknown): boolean {
  if (canLoad(session.shim, uid)) return true;
  recorder.problem(
    'shim-unreachable',
    "children run untraced as a user who cannot read the tracer's files, or after these have gone",
  );
  return false;
}

function canLoad(file: string, uid: unknown): boolean {
  if (typeof uid === 'number' && uid !== process.geteuid?.()) return isPublic(file);
  try {
    closeSync(openSync(file, 'r'));
    return true;
  } catch (error) {
    // Another error (no descriptor is left) says nothing about the child.
    return !ABSENT.includes((error as NodeJS.ErrnoException).code);
  }
}

/** May everybody read the file, and enter the folders on the way to it? */
function isPublic(file: string): boolean {
  try {
    if ((statSync(file).mode & READABLE) === 0) return false;
    for (let end = file.lastIndexOf('/'); end > 0; end = file.lastIndexOf('/', end - 1))
      if ((statSync(file.slice(0, end)).mode & EXECUTABLE) === 0) return false;
    return true;
  } catch {
    return false;
  }
}
