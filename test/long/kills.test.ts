import assert from 'node:assert/strict';
import { test } from 'node:test';
import { facts } from '../runtime/facts.ts';

const MINUTES = 60_000;

test('200 random kills, with a new seed each time', async () => {
  const seed = String(Date.now() % 1_000_000);
  console.log(`seed ${seed}`);
  assert.deepEqual(await facts('kills.ts', ['200', seed], [], 15 * MINUTES), { kills: 200, problems: [] });
});
