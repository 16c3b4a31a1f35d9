import assert from 'node:assert/strict';
import { test } from 'node:test';
import { facts } from '../runtime/facts.ts';

const MINUTES = 60_000;

test('64 processes on one lock and one queue, a million items', async () => {
  const seen = await facts('load.ts', ['64', '1000000'], [], 9 * MINUTES);
  assert.deepEqual(seen, { all: true, ordered: true, counted: true, exits: [0] });
});
