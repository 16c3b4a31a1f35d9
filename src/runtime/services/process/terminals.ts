/**
 * Node 20 restores the modes of its terminal at exit and aborts when the terminal is gone (`ResetStdio`: the assertion
 * knows no EIO). The dump of the stack that it then tries can crash in the unwinder, below JavaScript's frames.
 */
import * as fs from 'node:fs';
import { devNull } from 'node:os';
import { isatty } from 'node:tty';

const ABORTS = process.platform !== 'win32' && Number(process.versions.node.split('.')[0]) < 22;

/** At exit, puts the null device in the place of a terminal that is gone. */
export function letGoOfTerminals(): void {
  if (ABORTS) process.on('exit', () => [0, 1, 2].forEach(letGo));
}

function letGo(fd: number): void {
  try {
    if (isatty(fd) || !fs.fstatSync(fd).isCharacterDevice()) return;
    fs.closeSync(fd);
    // The lowest free descriptor is taken: this one.
    fs.openSync(devNull, 'r+');
  } catch {
    // it was closed before
  }
}
