import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  JoinableQueue,
  LifoQueue,
  PriorityQueue,
  Queue,
  queue,
  SimpleQueue,
} from '../../src/runtime/index.ts';
import { facts } from './facts.ts';

let seen: Record<string, unknown> = {};
before(async () => {
  seen = await facts('queues.ts');
});

test('[row 60] joinThread before close is refused; after it there is nothing to wait for', async () => {
  const items = new Queue<number>();
  await assert.rejects(items.joinThread(), { name: 'AssertionError' });
  items.putNowait(1);
  items.close();
  await items.joinThread();
});

test('[rows 61, 62] a child that put 1 MB ends before it is read, and nothing is lost, cancelJoinThread or not', () => {
  assert.deepEqual(seen[62], { exitCode: 0, lengths: [1_000_000, 1_000_000] });
});

test('[row 68] taskDone as often as items were put, and not once more', async () => {
  const items = new JoinableQueue<number>();
  assert.throws(() => items.taskDone(), { name: 'ValueError' });
  await items.put(1);
  await items.get();
  items.taskDone();
  assert.equal(await items.join(), true);
  assert.throws(() => items.taskDone(), { name: 'ValueError' });
});

test('[rows 67, 69] join waits for every taskDone, over processes too', async () => {
  const items = new JoinableQueue<number>({ maxsize: 5, name: 'work' });
  await items.put(1);
  await items.put(2);
  assert.equal(await items.join({ timeout: 0.02 }), false);
  items.getNowait();
  items.getNowait();
  assert.equal(items.unfinished(), 2);
  items.taskDone();
  assert.equal(items.joinSync({ timeout: 0.02 }), false);
  items.taskDone();
  assert.equal(items.joinSync(), true);
  assert.deepEqual([items.maxsize, items.name], [5, 'work']);
  assert.deepEqual(seen[69], [false, true]);
});

test('[row 70] a SimpleQueue has put, get, empty and close only, and empty is exact', async () => {
  const items = new SimpleQueue<number>();
  assert.equal(items.empty(), true);
  await items.put(1);
  items.putSync(2);
  assert.equal(items.empty(), false);
  assert.deepEqual([await items.get(), items.getSync()], [1, 2]);
  assert.equal(items.empty(), true);
  for (const name of ['qsize', 'full', 'putNowait', 'getNowait', 'taskDone'])
    assert.equal(name in items, false);
  assert.deepEqual(seen[70], [true, false, ['from the child', 3], true]);
});

test('[row 71] a closed SimpleQueue refuses; closing it twice is fine', async () => {
  const items = new SimpleQueue<number>();
  items.close();
  items.close();
  assert.equal(items.closed, true);
  await assert.rejects(items.put(1), { name: 'ValueError' });
  await assert.rejects(items.get(), { name: 'ValueError' });
  assert.throws(() => items.empty(), { name: 'ValueError' });
});

test('[row 72] the queues of one process: last in first out, smallest first, Full, Empty, taskDone', async () => {
  const lifo = new LifoQueue<number>(3);
  for (const i of [1, 2, 3]) await lifo.put(i);
  assert.equal(lifo.full(), true);
  assert.throws(() => lifo.putNowait(4), { name: 'Full' });
  await assert.rejects(lifo.put(4, { timeout: 0.01 }), { name: 'Full' });
  assert.deepEqual([await lifo.get(), lifo.getNowait(), await lifo.get()], [3, 2, 1]);
  assert.throws(() => lifo.getNowait(), { name: 'Empty' });
  await assert.rejects(lifo.get({ timeout: 0.01 }), { name: 'Empty' });

  const priority = new PriorityQueue<[number, string]>();
  for (const item of [
    [3, 'c'],
    [1, 'b'],
    [2, 'x'],
    [1, 'a'],
  ] as [number, string][])
    priority.putNowait(item);
  const order: string[] = [];
  while (!priority.empty()) order.push((await priority.get())[1]);
  assert.deepEqual(order, ['a', 'b', 'x', 'c']);

  const fifo = new queue.Queue<unknown>(2);
  const getting = [fifo.get(), fifo.get()];
  for (const item of [66, null, 'hello word']) await fifo.put(item);
  assert.deepEqual([...(await Promise.all(getting)), await fifo.get()], [66, null, 'hello word']);
  for (let i = 0; i < 3; i++) fifo.taskDone();
  await fifo.join();
  assert.throws(() => fifo.taskDone(), { name: 'ValueError' });
});

test('[row 72] a put waits for room, in turn, and a signal ends the wait', async () => {
  const fifo = new queue.Queue<number>(1);
  await fifo.put(0);
  const controller = new AbortController();
  const ended = fifo.put(1, { signal: controller.signal });
  const waiting = fifo.put(2);
  controller.abort(new Error('enough'));
  await assert.rejects(ended, /enough/);
  assert.equal(await fifo.get(), 0);
  await waiting;
  assert.equal(fifo.getNowait(), 2);
});

test('[row 72] a queue of one process is refused when it is handed to another', () => {
  assert.match(String(seen[72]), /TypeError|SerializationError/);
  assert.match(String(seen[72]), /belongs to one process/);
});
