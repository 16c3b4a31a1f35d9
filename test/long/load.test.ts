import assert from 'node:assert/strict';
import { test } from 'node:test';
import { facts } from '../runtime/facts.ts';

const MINUTES = 60_000;

test('64 processes on one lock and one queue, a million items', async () => {
  const seen = await facts('load.ts', ['64', '1000000'], [], 9 * MINUTES);
  assert.deepEqual(seen, { all: true, ordered: true, counted: true, exits: [0] });
});

test('500 processes started and joined', async () => {
  const seen = await facts('load.ts', ['start', '500'], [], 9 * MINUTES);
  assert.deepEqual(seen, { started: 500, exits: [0], left: 0, works: true });
});
