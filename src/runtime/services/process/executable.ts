import { TypeMismatch } from '../../core/errors/errors.ts';

let executable: string | undefined;

/** The Node that children are started with: this process's own unless set. */
export function getExecutable(): string {
  return executable ?? process.execPath;
}

/** Chooses the Node for children that are started from now on, as Python's `set_executable`. */
export function setExecutable(path: string): void {
  if (typeof path !== 'string' || path === '') throw new TypeMismatch('an executable is the path of a file');
  executable = path;
}
