import { writeSync } from 'node:fs';

/** A start needs no longer than this on a busy machine, ms of a synchronous wait. */
const PATIENCE = 1000;

let starting = 0;
let told = false;

/** A `start()` that has not been awaited yet is under way in this thread until `done` settles. */
export function notePendingStart(done: Promise<unknown>): void {
  starting++;
  const ended = (): void => {
    starting--;
  };
  done.then(ended, ended);
}

/**
 * Says once that a synchronous wait which has lasted for `waited` ms holds up a start: without `await` before `start()` the
 * child is not there yet, and the thread that would make it stands still. A warning of Node's would be printed after the wait.
 */
export function warnOfPendingStarts(waited: number): void {
  if (starting === 0 || told || waited < PATIENCE) return;
  told = true;
  try {
    writeSync(
      2,
      'forkscope: this thread waits synchronously, and so a process that it wanted to start is not there yet: ' +
        'write `await process.start()` before the wait\n',
    );
  } catch {
    // No stderr: nobody would have read it.
  }
}
