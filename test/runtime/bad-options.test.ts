import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Barrier,
  Condition,
  Event,
  Lock,
  Pool,
  Process,
  ProcessPoolExecutor,
  Queue,
  RLock,
  Semaphore,
  SharedMemory,
  SimpleQueue,
  Value,
} from '../../src/runtime/index.ts';

test('what is no options object is refused, not taken for none', () => {
  for (const wrong of ['name', 5, null, true] as never[]) {
    for (const Class of [Lock, RLock, Event, Condition, SimpleQueue, SharedMemory, Process])
      assert.throws(() => new Class(wrong), { name: 'TypeError' }, `${Class.name} ${wrong}`);
  }
  for (const wrong of ['5', null, true] as never[]) {
    for (const Class of [Queue, Semaphore, Barrier, Pool, ProcessPoolExecutor])
      assert.throws(() => new Class(wrong), { name: 'ValueError' }, `${Class.name} ${wrong}`);
    assert.throws(() => Value(wrong === '5' ? ('z' as never) : wrong), /ValueError|TypeError/);
  }
  assert.throws(() => new Barrier({ parties: 1, action: 5 as never }), { name: 'TypeError' });
  assert.throws(() => new Barrier({ parties: 1, timeout: 'x' as never }), { name: 'ValueError' });
  assert.throws(() => new Process({ kwargs: [1] as never }), { name: 'TypeError' });
  assert.throws(() => new Process((() => {}) as never), /new Process\(\{ target: fn \}\)/);
});

test("a condition takes its lock in the place of options, as Python's does", () => {
  const lock = new Lock();
  assert.equal(new Condition(lock).lock, lock);
  assert.equal(new Condition({ lock }).lock, lock);
});

test('withSync refuses a body whose rest would run without the lock', async () => {
  const lock = new Lock();
  assert.throws(() => lock.withSync(async () => 1), /lock\.with\(async/);
  assert.equal(lock.locked, false);
  assert.equal(
    lock.withSync(() => 1),
    1,
  );
});
