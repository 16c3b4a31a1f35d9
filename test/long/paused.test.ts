import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { run } from '../../scripts/lib/exec.mjs';
import { scratch } from '../session/support.ts';

/** Milliseconds of each of the two pauses; the suite of VS Code has shorter ones. */
const PAUSE = 60_000;

test('three TypeScript processes that are debugged and paused for a minute, on Node 20 and 24: nothing is found', async (t) => {
  const results = path.join(scratch(t), 'results');
  const env = {
    ...process.env,
    FORKSCOPE_TEST_RESULTS: results,
    FORKSCOPE_TEST_PAUSE: String(PAUSE),
    FORKSCOPE_TEST_GREP: 'three TypeScript processes that are paused',
  };
  await run(process.execPath, ['--import', 'tsx', 'test/vscode/harness/run.ts', 'extension'], { env });
  const lines = readFileSync(results, 'utf8').trim().split('\n');
  const states: string[] = lines.map((line) => JSON.parse(line).status);
  if (states.every((state) => state === 'skipped')) return t.skip('no VS Code is to be had');
  assert.deepEqual(states.slice(0, 2), ['passed', 'passed']);
});
