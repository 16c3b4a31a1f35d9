import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { facts } from './facts.ts';

let seen: Record<string, unknown> = {};
before(async () => {
  seen = await facts('process-corners.ts');
});

test("[row 4] there are no process groups: Python's argument is ignored", () => {
  assert.deepEqual(seen[4], [0, false]);
});

test('[row 9] a daemon starts no children', () => {
  const message = 'daemonic processes are not allowed to have children';
  assert.deepEqual(seen[9], [['AssertionError', true], message]);
});

test('[row 36] a closed or broken output does not stop a clean exit', () => {
  assert.deepEqual(seen[36], [0, 0]);
});

test('[row 45] join goes on after a signal', () => {
  assert.deepEqual(seen[45], [0, 1]);
});
