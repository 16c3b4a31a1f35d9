import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ROOT } from './run-program.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

/** Runs a command in mounts of its own, where /dev/shm has so much room. */
function inSmallShm(size: string, command: string, args: readonly string[]) {
  const script = `mount -t tmpfs -o size=${size} none /dev/shm && exec "$@"`;
  return spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', command, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 240_000,
    killSignal: 'SIGKILL',
    // Somebody's own folder would be used instead.
    env: { ...process.env, FORKSCOPE_SHM_DIR: '' },
  });
}

test('a full /dev/shm of 64 MB: a SharedMemoryError for what has no room, and nothing else is affected', (t) => {
  if (process.platform !== 'linux') return t.skip('only on Linux');
  if (inSmallShm('64m', 'true', []).status !== 0)
    return t.skip('needs unshare and the right to mount (root)');
  const program = path.join(here, 'programs', 'shm-full.ts');
  const { status, stdout, stderr } = inSmallShm('64m', process.execPath, [
    '--expose-gc',
    '--import',
    'tsx',
    program,
  ]);
  assert.equal(status, 0, stderr);
  const seen = Object.assign(
    {},
    ...stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
  );
  const exhausted = 'SharedMemoryError: shared memory exhausted';
  assert.deepEqual(seen, {
    tooBig: new Array(5).fill(exhausted),
    nothingLeft: true,
    full: true,
    one: exhausted,
    large: true,
    worker: [0, true],
    kept: true,
    again: 'none',
  });
  assert.equal(stderr, '');
});
