import assert from 'node:assert/strict';
import { test } from 'node:test';
import { facts } from '../runtime/facts.ts';

const MINUTES = 60_000;

test('500 processes started and joined', async () => {
  const seen = await facts('starts.mjs', ['500'], [], 10 * MINUTES);
  assert.deepEqual(seen, { started: 500, exits: [0], left: 0, works: true });
});
