import assert from 'node:assert/strict';
import { test } from 'node:test';
import { facts } from './facts.ts';

test('processes that have closed stdout or stderr end', async () => {
  assert.deepEqual(await facts('closed-descriptors.ts'), { codes: [0, 0, 0, 0] });
});
