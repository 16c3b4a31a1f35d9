import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Barrier,
  Condition,
  Event,
  Listener,
  Lock,
  Manager,
  Pipe,
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

type Constructor = new (options: never) => object;
const CLASSES: readonly Constructor[] = [Lock, RLock, Event, Condition, SimpleQueue, SharedMemory, Process];
const SIZED: readonly Constructor[] = [Queue, Semaphore, Barrier, Pool, ProcessPoolExecutor];

test('what is no options object is refused, not taken for none', () => {
  for (const wrong of ['name', 5, null, true] as never[]) {
    for (const Class of CLASSES)
      assert.throws(() => new Class(wrong), { name: 'TypeError' }, `${Class.name} ${wrong}`);
  }
  for (const wrong of ['5', null, true] as never[]) {
    for (const Class of SIZED)
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

test('bytes: what are none, and places that are no whole numbers, are refused before anything is sent', async () => {
  const [reader, writer] = Pipe(false);
  const bytes = Buffer.from('abc');
  for (const wrong of [Number.NaN, 0.5, '1' as never, Number.POSITIVE_INFINITY, -1]) {
    await assert.rejects(writer.sendBytes(bytes, wrong), { name: 'ValueError' });
    await assert.rejects(writer.sendBytes(bytes, 0, wrong), { name: 'ValueError' });
    await assert.rejects(reader.recvBytesInto(bytes, wrong), { name: 'ValueError' });
    if (wrong !== Number.POSITIVE_INFINITY)
      assert.throws(() => reader.recvBytesSync(wrong), { name: 'ValueError' });
  }
  await assert.rejects(writer.sendBytes('abc' as never), { name: 'TypeError' });
  assert.equal(await reader.poll(), false);
});

test('a segment that has no room is refused at once', { timeout: 240_000 }, () => {
  const options = { create: true, size: 2 ** 49, name: `forkscope-test-${process.pid}` };
  assert.throws(() => new SharedMemory(options), { name: 'SharedMemoryError', message: /have no room in/ });
  assert.throws(() => new SharedMemory({ name: options.name }), { name: 'FileNotFoundError' });
});

test('listeners and managers: wrong addresses and options', async () => {
  for (const wrong of [{ address: 5 }, { address: ['h'] }, { backlog: -1 }] as never[])
    await assert.rejects(Listener.create(wrong), { name: 'ValueError' });
  for (const wrong of ['x', null] as never[]) {
    await assert.rejects(Listener.create(wrong), { name: 'TypeError' });
    await assert.rejects(Manager(wrong), { name: 'TypeError' });
    assert.throws(() => Pipe(wrong), { name: 'TypeError' });
  }
});
