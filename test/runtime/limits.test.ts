import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { facts } from './facts.ts';

/** What a wait ends with whose signal had aborted before, aborts meanwhile, and whose time is over. */
const ENDS: Readonly<Record<string, unknown>> = {
  Lock: false,
  RLock: false,
  Semaphore: false,
  Condition: false,
  waitFor: false,
  Event: false,
  Barrier: 'BrokenBarrierError',
  get: 'Empty',
  put: 'Full',
  taskDone: false,
  'local get': 'Empty',
  'local join': false,
  recv: 'TimeoutError',
  recvBytes: 'TimeoutError',
  recvBytesInto: 'TimeoutError',
  poll: false,
  wait: [],
  accept: 'TimeoutError',
  'socket recv': 'TimeoutError',
  'socket recvBytes': 'TimeoutError',
  'socket poll': false,
  Client: 'TimeoutError',
  map: 'TimeoutError',
  starmap: 'TimeoutError',
  result: 'TimeoutError',
  exception: 'TimeoutError',
  'wait for futures': 1,
  'as completed': 'TimeoutError',
  'manager Lock': false,
  'manager Event': false,
  'manager Condition': false,
  'manager get': 'Empty',
  'manager put': 'Full',
  'manager join': false,
  'manager result': 'TimeoutError',
};

describe('limits', () => {
  let seen: Record<string, unknown> = {};
  before(async () => {
    seen = await facts('limits.ts');
  });

  test('everything that waits takes a timeout and a signal', () => {
    for (const [name, end] of Object.entries(ENDS))
      assert.deepEqual(seen[name], ['EvalError', 'RangeError', end], name);
    assert.deepEqual((seen.join as unknown[]).slice(0, 2), ['EvalError', 'RangeError']);
    assert.equal(seen.SimpleQueue, 'RangeError');
    assert.equal((seen.parent as unknown[])[1], 'RangeError');
  });
  test('futures are waited for together', () => {
    assert.deepEqual(seen.asCompleted, [0, 1]);
    assert.deepEqual(seen.waitFutures, [true, 1, 3]);
    assert.deepEqual(seen.wrong, ['TypeError', 'ValueError']);
  });
  test("listeners and a manager's queues are iterated; strangers do not end that", () => {
    assert.deepEqual(seen.listener, ['AuthenticationError', [1, 2]]);
    assert.deepEqual(
      [seen['manager after'], seen['manager items']],
      [
        [5, 1],
        [1, 2],
      ],
    );
  });
  test('processes are disposable', () => {
    assert.equal(seen.unstarted, null);
    assert.deepEqual(seen.disposed, [false, -15]);
  });
});
