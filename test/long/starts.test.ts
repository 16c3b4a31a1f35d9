import assert from 'node:assert/strict';
import { test } from 'node:test';
import { facts } from '../runtime/facts.ts';

const MINUTES = 60_000;

test('500 processes started and joined', async () => {
  const seen = await facts('starts.mjs', ['500'], [], 10 * MINUTES);
  assert.deepEqual(seen, { started: 500, exits: [0], left: 0, works: true });
});

// Node 20 hung in 1 of 50 such children: nodejs/node#54918.
test('children that end just when their code gets hot do end', async () => {
  const seen = await facts('hot-ends.mjs', ['150'], [], 10 * MINUTES);
  assert.deepEqual(seen, { hung: 0, sum: 150 * 2000 });
});
