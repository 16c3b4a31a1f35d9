// A trace that was changed anywhere is read without a crash or a hang, and never called exact when something is missing.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fuzz } from './fuzz.ts';
import { record, SAVED } from './good-traces.ts';

test('120 mutants', async () => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-mutants-'));
  try {
    const bases = [SAVED, await record('queue.ts', scratch)];
    const { failures } = await fuzz(
      bases,
      Array.from({ length: 120 }, (_, seed) => seed),
    );
    assert.deepEqual(failures, []);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});
