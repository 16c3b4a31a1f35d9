import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lock } from '../../src/runtime/index.ts';
import { run } from './run-program.ts';

// Row numbers are those of the behaviours that Python's multiprocessing has.

test('acquire, try, release, and one release too many (row 73)', async () => {
  const lock = new Lock();
  assert.ok(await lock.acquire());
  assert.equal(await lock.acquire({ block: false }), false);
  assert.equal(lock.acquireSync({ block: false }), false);
  assert.equal(lock.locked, true);
  lock.release();
  assert.equal(lock.locked, false);
  assert.throws(() => lock.release(), { name: 'ValueError' });
});

test('timeouts: false after the time, and 0 or less is a try (row 75)', async () => {
  const lock = new Lock();
  lock.acquireSync();
  for (const acquire of [
    (timeout: number) => lock.acquire({ timeout }),
    (timeout: number) => lock.acquireSync({ timeout }),
  ]) {
    const begin = performance.now();
    assert.equal(await acquire(0.2), false);
    assert.ok(performance.now() - begin >= 190);
    assert.equal(await acquire(0), false);
    assert.equal(await acquire(-1), false);
  }
  await assert.rejects(lock.acquire({ timeout: Number.NaN }), { name: 'ValueError' });
});

test('the lock is given back when the body throws (row 82)', async () => {
  const lock = new Lock();
  await assert.rejects(
    lock.with(() => {
      throw new Error('body');
    }),
    /body/,
  );
  assert.throws(
    () =>
      lock.withSync(() => {
        throw new Error('sync body');
      }),
    /sync body/,
  );
  {
    await using _guard = await lock.acquire();
    assert.equal(lock.locked, true);
  }
  assert.equal(lock.locked, false);
});

test('tasks of a thread are served in the order in which they came', async () => {
  const lock = new Lock();
  lock.acquireSync();
  const order: number[] = [];
  const tasks = [0, 1, 2, 3].map(async (i) => {
    await using _guard = await lock.acquire();
    order.push(i);
  });
  lock.release();
  await Promise.all(tasks);
  assert.deepEqual(order, [0, 1, 2, 3]);
});

test('an abort ends the wait with its reason, and the next waiter still gets the lock', async () => {
  const lock = new Lock();
  lock.acquireSync();
  const controller = new AbortController();
  const aborted = lock.acquire({ signal: controller.signal });
  const patient = lock.acquire();
  controller.abort(new Error('enough'));
  await assert.rejects(aborted, /enough/);
  lock.release();
  assert.ok(await patient);
  await assert.rejects(lock.acquire({ signal: AbortSignal.abort(new Error('before')) }), /before/);
});

test('a closed lock refuses everything', async () => {
  const lock = new Lock({ name: 'shut' });
  assert.equal(lock.name, 'shut');
  lock.close();
  lock.close();
  assert.throws(() => lock.acquireSync(), { name: 'ValueError', message: /closed/ });
  await assert.rejects(lock.acquire(), { name: 'ValueError' });
  assert.throws(() => lock.release(), { name: 'ValueError' });
});

test('processes exclude each other, in both forms, and one may release what another acquired (row 74)', async () => {
  const { lines, stderr } = await run('lock-exclusion.ts');
  assert.deepEqual(lines, ['count 1200', 'released by another process'], stderr);
});

test('after death by a signal a waiter gets OwnerDiedError and the lock is free; after a normal end it stays held', async () => {
  const { lines, stderr } = await run('lock-owner-died.ts');
  assert.deepEqual(
    lines,
    [
      'async: OwnerDiedError of the holder, then free',
      'sync: OwnerDiedError of the holder, then free',
      'normal end: still held',
    ],
    stderr,
  );
});

test('a blocked thread can be paused by a debugger', async () => {
  const paused = await run('lock-debugger.cjs');
  assert.match(paused.stdout, /paused in .*acquireSync/s, paused.stderr);
});

const ran = ['listener ran in the child', 'exit code 7'];
for (const [what, args, lines] of [
  ['terminate() reaches the listeners of a thread that blocks', ['waiting'], ran],
  ['terminate() reaches listeners also when the thread blocks only afterwards', ['busy'], ran],
  [
    'terminate() reaches listeners of a thread that neither waits nor idles: locks',
    ['served', 'terminate', '0'],
    ran,
  ],
  [
    'terminate() reaches listeners of a thread that neither waits nor idles: queues',
    ['served', 'terminate', '1'],
    ran,
  ],
  [
    'terminate() reaches listeners of a thread that neither waits nor idles: tries',
    ['served', 'terminate', '2'],
    ran,
  ],
  ['without listeners terminate() ends a thread that only computes', ['computing'], ['exit code -15']],
  [
    'what a listener puts in the middle of a putSync does not overwrite that item',
    ['putting'],
    ['false put by the parent put by the target', 'exit code 0'],
  ],
  ['a daemon that only computes does not hold its parent up: end of main', ['deaf'], []],
  ['a daemon that only computes does not hold its parent up: exit()', ['deaf', 'exit'], []],
  ['a daemon that blocks hears of the end of its parent', ['daemon'], ['listener ran in the child']],
  ['each terminate() calls the listeners once', ['counting'], ['exit code 12']],
  ['without listeners terminate() ends a thread that blocks', ['withoutListener'], ['exit code -15']],
  ['without listeners SIGTERM from outside does too', ['withoutListener', 'outside'], ['exit code -15']],
  [
    'with listeners SIGTERM from outside is heard when the wait is over',
    ['waiting', 'outside'],
    ['meanwhile null', ...ran],
  ],
] as const) {
  test(`[row 17] ${what}`, async () => {
    const ended = await run('lock-sigterm.ts', args);
    assert.deepEqual(ended.lines, lines, ended.stderr);
  });
}
