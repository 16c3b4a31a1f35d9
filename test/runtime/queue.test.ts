import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lock, Pipe, Queue } from '../../src/runtime/index.ts';
import { run } from './run-program.ts';

test('a bounded queue: Full at once or after the timeout (rows 50, 51; S05)', async () => {
  const queue = new Queue<number>(6);
  assert.deepEqual([queue.empty(), queue.full(), queue.maxsize], [true, false, 6]);
  await queue.put(1);
  await queue.put(2, { block: true });
  await queue.put(3, { timeout: 1 });
  queue.putNowait(4);
  queue.putSync(5);
  queue.putSync(6, { timeout: 1 });
  assert.deepEqual([queue.empty(), queue.full(), queue.qsize()], [false, true, 6]);
  await assert.rejects(queue.put(7, { block: false }), { name: 'Full' });
  assert.throws(() => queue.putNowait(7), { name: 'Full' });
  const begin = performance.now();
  await assert.rejects(queue.put(7, { timeout: 0.2 }), { name: 'Full' });
  assert.ok(performance.now() - begin >= 190);
  const again = performance.now();
  await assert.rejects(queue.put(7, { block: false, timeout: 30 }), { name: 'Full' });
  assert.ok(performance.now() - again < 20_000);
  assert.deepEqual(await Promise.all([1, 2, 3, 4, 5, 6].map(() => queue.get())), [1, 2, 3, 4, 5, 6]);
});

test('an empty queue: Empty at once or after the timeout, negative is at once (rows 52, 53)', async () => {
  const queue = new Queue();
  assert.throws(() => queue.getNowait(), { name: 'Empty' });
  await assert.rejects(queue.get({ block: false }), { name: 'Empty' });
  await assert.rejects(queue.get({ timeout: -5 }), { name: 'Empty' });
  const begin = performance.now();
  assert.throws(() => queue.getSync({ timeout: 0.2 }), { name: 'Empty' });
  await assert.rejects(queue.get({ timeout: 0.2 }), { name: 'Empty' });
  assert.ok(performance.now() - begin >= 380);
});

test('qsize goes 0, 1, 2, 1, 0 (rows 54, 55)', () => {
  const queue = new Queue();
  const sizes = [queue.qsize()];
  for (const step of [1, 1, 0, 0]) {
    if (step) queue.putNowait('x');
    else queue.getNowait();
    sizes.push(queue.qsize());
  }
  assert.deepEqual(sizes, [0, 1, 2, 1, 0]);
});

test('an item that cannot be serialised rejects its put; the next arrives and no room is lost (row 57)', async () => {
  const queue = new Queue<unknown>(1);
  await assert.rejects(
    queue.put(() => 1),
    { name: 'SerializationError' },
  );
  await assert.rejects(queue.put([new Lock(), Symbol('no')]), { name: 'SerializationError' });
  await queue.put('fine');
  assert.equal(await queue.get(), 'fine');
});

test('an item is taken as it is when put is called (row 58)', async () => {
  const queue = new Queue<{ value: number }>();
  const item = { value: 1 };
  const put = queue.put(item);
  item.value = 2;
  await put;
  assert.deepEqual(await queue.get(), { value: 1 });
  const full = new Queue<{ value: number }>(1);
  await full.put({ value: 0 });
  const waiting = full.put(item);
  item.value = 3;
  assert.deepEqual([await full.get(), await full.get()], [{ value: 0 }, { value: 2 }]);
  await waiting;
});

test('a closed queue refuses, and closing twice is fine (row 59)', async () => {
  const queue = new Queue();
  queue.close();
  queue.close();
  await assert.rejects(queue.put(1), { name: 'ValueError', message: /closed/ });
  await assert.rejects(queue.get(), { name: 'ValueError' });
  assert.throws(() => queue.qsize(), { name: 'ValueError' });
});

test('bad sizes are refused', () => {
  for (const maxsize of [Number.NaN, 1.5, 2 ** 40])
    assert.throws(() => new Queue({ maxsize }), { name: 'ValueError' });
  assert.equal(new Queue(-1).maxsize, 0);
});

test('waiters of one thread are served in order, also around one that gives up', async () => {
  const queue = new Queue<number>();
  const first = queue.get();
  const impatient = queue.get({ timeout: 0.05 });
  const last = queue.get();
  await assert.rejects(impatient, { name: 'Empty' });
  await queue.put(1);
  await queue.put(2);
  assert.deepEqual(await Promise.all([first, last]), [1, 2]);
});

test('handles travel in messages at any depth, and live while they do (row 63)', async () => {
  const mail = new Queue<unknown>();
  const lock = new Lock({ name: 'travels' });
  const inner = new Queue<string>({ name: 'inner', maxsize: 3 });
  const [left, right] = Pipe<string>();
  await inner.put('inside');
  await mail.put({ deep: [new Map([['lock', lock]]), { inner }], right });
  inner.close();
  right.close();
  const received = (await mail.get()) as {
    deep: [Map<string, Lock>, { inner: Queue<string> }];
    right: typeof right;
  };
  lock.acquireSync();
  assert.equal(received.deep[0].get('lock')?.locked, true);
  assert.equal(received.deep[1].inner.maxsize, 3);
  assert.equal(received.deep[1].inner.name, 'inner');
  assert.equal(await received.deep[1].inner.get(), 'inside');
  await left.send('hello');
  assert.equal(await received.right.recv(), 'hello');
  received.right.close();
  await assert.rejects(left.recv(), { name: 'EOFError' });
});

test('large items of every kind pass', async () => {
  const queue = new Queue<unknown>();
  const items = [
    Buffer.alloc(3_000_000, 7),
    'x'.repeat(2_000_000),
    '微'.repeat(1_000_000),
    Array.from({ length: 50_000 }, (_, i) => i),
  ];
  for (const item of items) await queue.put(item);
  for (const item of items) assert.deepStrictEqual(await queue.get(), item);
});

test('between processes: every item once, in order per producer; nested starts; 1 MB before a join (rows 56, 61, 66; S06)', async () => {
  const { lines, stderr } = await run('queue-processes.ts');
  assert.deepEqual(
    lines,
    [
      'all 4000 items once, in order per producer: true',
      'parent 0-9 then child 10-19: 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19',
      'from the grandchild: deep',
      'joined before reading 1000000 characters',
    ],
    stderr,
  );
});

test('producers, consumers and lock holders killed at random: nothing hangs, nothing is half or twice delivered (row 64)', async () => {
  const { lines, stderr } = await run('queue-kills.ts', ['25']);
  assert.deepEqual(
    lines,
    ['25 kills, items whole: true, none twice: true, order kept: true', 'lock and queue still work'],
    stderr,
  );
});

test('a getter of what is put may itself put something', () => {
  const [items, log] = [new Queue(), new Queue()];
  const lock = new Lock();
  const item = {
    before: lock,
    get inside() {
      log.putSync({ text: 'from the getter', lock });
      return 'inside';
    },
    after: 'after',
  };
  items.putSync(item);
  lock.close();
  const got = items.getSync() as { before: Lock; inside: string; after: string };
  assert.deepEqual([got.inside, got.after], ['inside', 'after']);
  assert.deepEqual((log.getSync() as { text: string }).text, 'from the getter');
  assert.equal(got.before.acquireSync(), true);
});
