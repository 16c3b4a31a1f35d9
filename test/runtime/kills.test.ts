import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
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
  const seen = await facts('starts.mjs', ['15']);
  assert.deepEqual(seen, { started: 15, exits: [0], left: 0, works: true });
});

// Whichever program starts next sweeps what others have left, so these need a folder of their own.
const folder = mkdtempSync(path.join(os.tmpdir(), 'forkscope-leftovers-'));
after(() => rmSync(folder, { recursive: true }));

test('[rows 195, 196] a whole program killed: nothing is left after the next start', async () => {
  // The cache of the TypeScript loader is not the runtime's.
  Object.assign(process.env, { TMPDIR: folder, FORKSCOPE_SHM_DIR: folder, TSX_DISABLE_CACHE: '1' });
  const program = start('leftovers.ts');
  await program.line(/pids/);
  process.kill(-(program.child.pid ?? 0), 'SIGKILL');
  await program.done;
  const left = readdirSync(folder).filter((file) => /^(forkscope|psm)/.test(file));
  assert.ok(left.length >= 6, `two sockets, two segments and their owners were there: ${left}`);
  await run('leftovers.ts', ['next']);
  assert.deepEqual(
    readdirSync(folder).filter((file) => /^(forkscope|psm)/.test(file)),
    [],
  );
});
