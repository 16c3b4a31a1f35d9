/**
 * At the end of a process koffi's library writes its stdout and stderr out, and where the system cannot (the program has closed
 * the descriptor, the disk is full, the terminal is gone) it says so on stderr, which it has locked: the process stands for ever.
 */
import * as fs from 'node:fs';
import { devNull } from 'node:os';
import { isMainThread } from 'node:worker_threads';

let watched = false;

/** Has the null device stand, at the end, where what is written cannot go anywhere. */
export function watchEnd(): void {
  if (watched || !isMainThread || process.platform === 'win32') return;
  watched = true;
  process.on('exit', () => [1, 2].forEach(mend));
}

function mend(fd: number): void {
  try {
    fs.fsyncSync(fd);
  } catch (error) {
    // Of pipes and terminals: there is nothing to write out.
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') plug(fd);
  }
}

function plug(fd: number): void {
  try {
    fs.closeSync(fd);
  } catch {
    // it was closed before
  }
  try {
    // The lowest free descriptor is taken.
    for (let opened = -1; opened < fd; ) opened = fs.openSync(devNull, 'r+');
  } catch {
    // none is to be had
  }
}
