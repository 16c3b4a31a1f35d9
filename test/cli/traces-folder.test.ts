import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { readSessionHead } from '../../src/session/directory/session-file.ts';
import { scratch } from '../session/support.ts';
import { run } from './support.ts';

test('--traces: each run makes a folder of its own, called by the program and by the process that keeps it', async (t) => {
  const dir = scratch(t);
  mkdirSync(dir, { recursive: true });
  const script = path.join(dir, 'a.mjs');
  writeFileSync(script, 'process.exitCode = 3;');
  // It is made where it is not there yet.
  const traces = path.join(dir, 'all', 'traces');
  for (const target of [
    [script],
    [script],
    ['--', process.execPath, '-e', 'process.exitCode = 3 /* a:b/c */'],
  ])
    assert.equal((await run(t, ['--traces', traces, ...target]).ended).code, 3);
  const names = readdirSync(traces).sort();
  assert.equal(names.length, 3);
  assert.equal(names.filter((name) => /^a\.mjs\.\d{8}-\d{6}-\d+$/.test(name)).length, 2);
  assert.match(
    names.find((name) => !name.startsWith('a.mjs')) ?? '',
    /^node(\.exe)? -e process\.exitCode = 3 -- a-b-c --\.\d{8}-\d{6}-\d+$/,
  );
  for (const name of names) {
    const head = readSessionHead(path.join(traces, name));
    assert.ok(name.endsWith(`-${head?.launcherPid}`), name);
    if (process.platform !== 'win32') assert.equal(statSync(path.join(traces, name)).mode & 0o077, 0);
  }
});

test('--traces and --trace together are refused: only one can be meant', async (t) => {
  const ran = run(t, ['--traces', scratch(t), '--trace', scratch(t), 'a.mjs']);
  assert.equal((await ran.ended).code, 2);
  assert.match(ran.err(), /--traces/);
});
