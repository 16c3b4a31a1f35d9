import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { facts } from './facts.ts';

let seen: Record<string, unknown> = {};
before(async () => {
  seen = await facts('threads.ts');
});

test('threads of two processes share locks, queues, events, barriers, conditions and values', () => {
  assert.deepEqual(seen.got, ['AssertionError', 'AssertionError', true, true, true, true]);
  assert.deepEqual(seen.places, [0, 1, 2]);
  assert.equal(seen.count, 1000);
  assert.equal(seen.exitCode, 0);
});

test('handles go through postMessage at any depth, to several threads, and back', () => {
  assert.deepEqual(seen.words, ['word back', 'word back', 'from the thread']);
  assert.equal(seen.refused, 'TypeError');
});

test('a terminated thread that held a lock is dead: one waiter is told, then the lock is free', () => {
  assert.deepEqual(seen.terminated, ['OwnerDiedError', true]);
});

test('[row 35] a child ends only when its threads have', () => {
  assert.equal(seen.exitCode, 0, 'the child started a thread and did its work in it');
});
