import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import os from 'node:os';
import { test } from 'node:test';
import { facts } from './facts.ts';
import { run, start } from './run-program.ts';

// Small versions of test/long.

test('[rows 64, 141] random kills of lock holders, producers, consumers and workers: nothing hangs, is lost or doubled', async () => {
  assert.deepEqual(await facts('kills.ts', ['12', '7']), { kills: 12, problems: [] });
});

test('many processes on one lock and one queue: all items there, in order per producer', async () => {
  const seen = await facts('load.ts', ['6', '12000']);
  assert.deepEqual(seen, { all: true, ordered: true, counted: true, exits: [0] });
});

test('[row 31] many processes started and joined', async () => {
  const seen = await facts('load.ts', ['start', '15']);
  assert.deepEqual(seen, { started: 15, exits: [0], left: 0, works: true });
});

/** Files whose names hold the pid, in every folder that the runtime writes to. */
function filesOf(pids: readonly number[]): string[] {
  const folders = [...new Set([os.tmpdir(), ...(process.platform === 'linux' ? ['/dev/shm'] : [])])];
  const names = pids.map((pid) => new RegExp(`^(forkscope|psm).*\\b${pid}\\b`));
  return folders
    .flatMap((folder) => readdirSync(folder))
    .filter((file) => names.some((name) => name.test(file)));
}

test('[rows 195, 196] a whole program killed: nothing is left after the next start', async () => {
  const program = start('leftovers.ts');
  const { pids } = JSON.parse(await program.line(/pids/)) as { pids: number[] };
  process.kill(-(program.child.pid ?? 0), 'SIGKILL');
  await program.done;
  assert.notDeepEqual(filesOf(pids), [], 'there was something to remove');
  await run('leftovers.ts', ['next']);
  assert.deepEqual(filesOf(pids), []);
});
