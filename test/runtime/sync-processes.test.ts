import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { facts } from './facts.ts';

let seen: Record<string, unknown> = {};
before(async () => {
  seen = await facts('sync-processes.ts');
});

test('[row 77] an RLock is neither released nor entered by another process than its owner', () => {
  assert.deepEqual(seen.refused, ['AssertionError', false]);
  assert.equal(seen.after, 'inside twice');
});

test('an RLock whose owner was killed: one waiter is told, then it is free', () => {
  assert.deepEqual([seen.died, seen.afterwards], ['OwnerDiedError', true]);
});

test('[row 84] locks live until the children opened them, though nobody joins and the parent closed its own', () => {
  for (const i of [0, 1, 2, 3]) assert.equal(seen[`hello ${i}`], true);
});

test('[row 85] notify passes over a killed sleeper; the next notification wakes the rest', () => {
  assert.deepEqual(seen.notified, ['woken', 'Empty', 'woken']);
});

test('[row 92] an event set by a child wakes the parent', () => {
  assert.deepEqual([seen.early, seen.set], [false, true]);
});

test('[row 94] a thousand rounds: nobody passes round i + 1 before all did round i', () => {
  assert.deepEqual(seen.steps, ['in step', 'in step', 'in step']);
  assert.equal(seen.arrivals, 3000);
});

test('[row 96] a barrier whose action kills its process breaks for the others', () => {
  assert.deepEqual([seen.leaderDied, seen.broken], ['BrokenBarrierError', true]);
});
