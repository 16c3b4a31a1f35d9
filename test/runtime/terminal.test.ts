import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadKoffi } from '../../src/shm/koffi.ts';
import { processState } from '../../src/shm/liveness.ts';
import { ROOT, until } from './run-program.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'forkscope-terminal-'));
after(() => fs.rmSync(folder, { recursive: true }));

/** A pseudoterminal: the side that a terminal emulator has, and the one that programs have. */
function openTerminal(): { emulator: number; program: number } {
  const libc = loadKoffi().load(null);
  const O_CLOEXEC = 0o2000000; // or the program would hold its own terminal open
  const flags = fs.constants.O_RDWR | fs.constants.O_NOCTTY | O_CLOEXEC;
  const emulator = Number(libc.func('posix_openpt', 'int', ['int'])(flags));
  assert.ok(emulator >= 0);
  libc.func('grantpt', 'int', ['int'])(emulator);
  libc.func('unlockpt', 'int', ['int'])(emulator);
  const name = String(libc.func('ptsname', 'str', ['int'])(emulator));
  return { emulator, program: fs.openSync(name, fs.constants.O_RDWR | fs.constants.O_NOCTTY) };
}

function readPids(emulator: number): number[] {
  const bytes = Buffer.alloc(4096);
  let text = '';
  while (!/pids [^\n]*\n/.test(text)) text += bytes.toString('utf8', 0, fs.readSync(emulator, bytes));
  return (/pids ([^\n]*)\n/.exec(text)?.[1] ?? '').trim().split(' ').map(Number);
}

// Node 20 aborts at the end of a process whose terminal is gone, and the dump of its stack crashes in the unwinder.
test('orphans whose terminal is gone too end without a crash', {
  skip: process.platform !== 'linux' && 'only on Linux, by its pseudoterminals',
}, async () => {
  const { emulator, program } = openTerminal();
  const errors = path.join(folder, 'stderr');
  const stderr = fs.openSync(errors, 'w');
  const here = path.dirname(fileURLToPath(import.meta.url));
  const file = path.join(here, 'programs', 'process-orphans.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', program, stderr],
  });
  fs.closeSync(program);
  const pids = readPids(emulator);
  assert.equal(pids.length, 3);
  fs.closeSync(emulator);
  child.kill('SIGKILL');
  await until(() => pids.every((pid) => !processState(pid).alive), 'the end of the orphans');
  fs.closeSync(stderr);
  // The one that waits for its parent's lock may learn of the death by that first.
  assert.doesNotMatch(fs.readFileSync(errors, 'utf8'), /Assertion failed|Native stack trace/);
});
