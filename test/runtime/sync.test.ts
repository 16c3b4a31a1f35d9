import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  Lock,
  Queue,
  RLock,
  Semaphore,
  task,
} from '../../src/runtime/index.ts';

// Within one process; between processes: sync-processes.test.ts. Owners are tasks here.

test('[row 76] an RLock is taken and given back three times, and not a fourth', async () => {
  const lock = new RLock({ name: 'again' });
  await task.run(async () => {
    for (let i = 0; i < 2; i++) assert.ok(await lock.acquire());
    assert.equal(lock.acquireSync(), true);
    assert.equal(lock.owned, true);
    for (let i = 0; i < 3; i++) lock.release();
    assert.equal(lock.owned, false);
    assert.throws(() => lock.release(), { name: 'AssertionError' });
  });
});

test('[row 77] another task of the thread neither releases nor re-enters an RLock', async () => {
  const lock = new RLock();
  await task.run(async () => {
    await lock.acquire();
    await task.run(async () => {
      assert.equal(await lock.acquire({ block: false }), false);
      assert.throws(() => lock.release(), { name: 'AssertionError', message: /not owned/ });
    });
    lock.release();
  });
});

test('[row 76] an owner goes in again past those who wait', async () => {
  const lock = new RLock();
  const order: string[] = [];
  const inside = new Event();
  const go = new Event();
  const owner = lock.with(async () => {
    inside.set();
    await go.wait();
    await lock.with(() => void order.push('owner again'));
  });
  await inside.wait();
  const other = lock.with(() => void order.push('other'));
  go.set();
  await Promise.all([owner, other]);
  assert.deepEqual(order, ['owner again', 'other']);
});

test('[row 78] a semaphore counts; tasks wait for units', async () => {
  const semaphore = new Semaphore(2);
  const values = [semaphore.getValue()];
  await semaphore.acquire();
  values.push(semaphore.getValue());
  assert.equal(semaphore.acquireSync(), true);
  values.push(semaphore.getValue());
  assert.equal(await semaphore.acquire({ block: false }), false);
  values.push(semaphore.getValue());
  for (let i = 0; i < 4; i++) {
    semaphore.release();
    values.push(semaphore.getValue());
  }
  assert.deepEqual(values, [2, 1, 0, 0, 1, 2, 3, 4]);

  const empty = new Semaphore(0);
  const order: number[] = [];
  const waiting = [0, 1, 2].map(async (i) => {
    await empty.acquire();
    order.push(i);
  });
  for (const _ of waiting) empty.release();
  await Promise.all(waiting);
  assert.deepEqual(order, [0, 1, 2]);
  assert.equal(empty.getValue(), 0);
});

test('[rows 79, 80] wrong values of semaphores, and one release too many', () => {
  for (const value of [-1, 1.5, Number.NaN, 2 ** 31, '1' as unknown as number]) {
    assert.throws(() => new Semaphore(value), { name: 'ValueError' });
    assert.throws(() => new BoundedSemaphore({ value }), { name: 'ValueError' });
  }
  const bounded = new BoundedSemaphore(2);
  assert.throws(() => bounded.release(), { name: 'ValueError' });
  bounded.acquireSync();
  bounded.release();
  assert.throws(() => bounded.release(), { name: 'ValueError' });
  assert.equal(bounded.getValue(), 2);
});

test('[row 81] time limits of a semaphore without units, in both forms', async () => {
  const semaphore = new Semaphore(0);
  assert.equal(await semaphore.acquire({ block: false }), false);
  assert.equal(semaphore.acquireSync({ block: false }), false);
  assert.equal(await semaphore.acquire({ timeout: 0 }), false);
  assert.equal(await semaphore.acquire({ timeout: -1 }), false);
  for (const acquire of [
    () => semaphore.acquire({ timeout: 0.2 }),
    () => semaphore.acquireSync({ timeout: 0.2 }),
  ]) {
    const begin = performance.now();
    assert.equal(await acquire(), false);
    assert.ok(performance.now() - begin >= 190);
  }
});

test('[row 82] with and await using give back after an error, whatever the kind of lock', async () => {
  for (const lock of [new RLock(), new Semaphore(1), new BoundedSemaphore(1)]) {
    await assert.rejects(
      lock.with(() => Promise.reject(new Error('body'))),
      /body/,
    );
    const taken = async (): Promise<void> => {
      await using _guard = await lock.acquire();
      throw new Error('block');
    };
    await assert.rejects(taken(), /block/);
    assert.equal(lock.acquireSync({ block: false }), true);
    lock.release();
  }
});

test('[row 85] notify wakes one, the next notify the next, in the order of arrival', async () => {
  const condition = new Condition();
  const woken: number[] = [];
  const sleepers = [0, 1, 2].map((i) =>
    condition.with(async () => {
      assert.equal(await condition.wait(), true);
      woken.push(i);
    }),
  );
  for (let i = 0; i < 3; i++) {
    await condition.with(() => condition.notify());
    await sleepers[i];
    assert.deepEqual(woken, [0, 1, 2].slice(0, i + 1));
  }
});

test('[row 86] six waits time out, return false and hold the lock again; notifyAll wakes six', async () => {
  const condition = new Condition();
  const results = await Promise.all(
    Array.from({ length: 6 }, () =>
      condition.with(async () => [await condition.wait(0.05), (condition.lock as RLock).owned]),
    ),
  );
  assert.deepEqual(results, Array(6).fill([false, true]));
  const sleepers = Array.from({ length: 6 }, () => condition.with(() => condition.wait()));
  await condition.with(() => condition.notifyAll());
  assert.deepEqual(await Promise.all(sleepers), Array(6).fill(true));
});

test('[row 88] wait and notify without the lock are refused', async () => {
  const condition = new Condition();
  await assert.rejects(condition.wait(), { name: 'AssertionError' });
  assert.throws(() => condition.waitSync(0), { name: 'AssertionError' });
  assert.throws(() => condition.notify(), { name: 'AssertionError' });
  assert.throws(() => condition.notifyAll(), { name: 'AssertionError' });
  await condition.with(() => assert.throws(() => condition.notify(-1), { name: 'ValueError' }));
  assert.throws(() => new Condition({ lock: 'x' as unknown as Lock }), { name: 'AssertionError' });
});

test('[row 89] waitFor: true when the predicate holds, its last value after the time', async () => {
  const condition = new Condition({ lock: new Lock() });
  let value = 0;
  const waiting = condition.with(() => condition.waitFor(() => value === 4));
  for (let i = 0; i < 4; i++) {
    await condition.with(() => {
      value++;
      condition.notify();
    });
  }
  assert.equal(await waiting, true);
  const begin = performance.now();
  assert.equal(await condition.with(() => condition.waitFor(() => value === 5, 0.1)), false);
  assert.ok(performance.now() - begin >= 95);
});

test('[row 90] wait(0) is false, wait(60) true on notify, and a signal breaks it off with the lock held', async () => {
  const condition = new Condition();
  assert.equal(await condition.with(() => condition.wait(0)), false);
  assert.equal(await condition.with(() => condition.waitSync(0)), false);
  const notified = condition.with(() => condition.wait(60));
  await condition.with(() => condition.notify());
  assert.equal(await notified, true);

  const controller = new AbortController();
  const broken = condition.with(async () => {
    await assert.rejects(condition.wait({ signal: controller.signal }), /interrupted/);
    return (condition.lock as RLock).owned;
  });
  await new Promise(setImmediate);
  controller.abort(new Error('interrupted'));
  assert.equal(await broken, true);
});

test("[row 91] a condition's own lock is recursive; waiting gives back every level and takes them again", async () => {
  const condition = new Condition();
  const sleeper = condition.with(async () => {
    await condition.acquire();
    await condition.wait();
    condition.release();
    return (condition.lock as RLock).owned;
  });
  await condition.with(() => condition.notify());
  assert.equal(await sleeper, true);
});

test('[rows 92, 93] an event: set, clear, time limits, and how it looks', async () => {
  const event = new Event();
  assert.equal(event.isSet(), false);
  assert.equal(inspect(event), '<Event unset>');
  assert.equal(await event.wait(0), false);
  assert.equal(event.waitSync(0.01), false);
  const begin = performance.now();
  assert.equal(await event.wait(0.1), false);
  assert.ok(performance.now() - begin >= 95);
  const waiting = event.wait();
  event.set();
  event.clear();
  assert.equal(await waiting, true, 'a set is not missed when a clear follows at once');
  event.set();
  assert.equal(inspect(event), '<Event set>');
  assert.equal(await event.wait(), true);
  assert.equal(event.waitSync(), true);
  event.clear();
  assert.equal(await event.wait({ timeout: 0.01 }), false);
});

test('[row 95] five tasks get the places 0 to 4, once each', async () => {
  const barrier = new Barrier(5);
  const places = await Promise.all(Array.from({ length: 5 }, () => barrier.wait()));
  assert.deepEqual(places.sort(), [0, 1, 2, 3, 4]);
  assert.equal(barrier.nWaiting, 0);
});

test('[row 96] the action runs once a round, before anybody goes on; one that throws breaks the barrier', async () => {
  const log: string[] = [];
  const barrier = new Barrier({
    parties: 3,
    action: async () => {
      await new Promise(setImmediate);
      log.push('action');
    },
  });
  for (let round = 0; round < 3; round++) {
    await Promise.all([0, 1, 2].map(() => barrier.wait().then(() => log.push('through'))));
  }
  const round = ['action', 'through', 'through', 'through'];
  assert.deepEqual(log, [...round, ...round, ...round]);

  const failing = new Barrier({
    parties: 2,
    action: () => {
      throw new Error('the action failed');
    },
  });
  const ends = await Promise.allSettled([failing.wait(), failing.wait()]);
  assert.deepEqual(ends.map((end) => (end as PromiseRejectedResult).reason.name).sort(), [
    'BrokenBarrierError',
    'Error',
  ]);
  assert.equal(failing.broken, true);
});

test('a barrier is not sent while its action is looked for, nor when nobody else can find it', async () => {
  using queue = new Queue<Barrier>();
  const barrier = new Barrier({ parties: 1, action: () => {} });
  const refusal = (): Promise<string> =>
    queue.put(barrier).then(
      () => 'sent',
      ({ message }: Error) => message,
    );
  const first = await refusal();
  assert.match(first, /the barrier's action is still being looked for: make the barrier before/);
  let later = first;
  while (later === first) {
    await new Promise(setImmediate);
    later = await refusal();
  }
  assert.match(later, /the barrier's action cannot be found by other processes: export it/);
});

test('[row 99] after abort, reset makes the barrier new', async () => {
  const barrier = new Barrier(3);
  const waiting = [barrier.wait(), barrier.wait()];
  barrier.abort();
  for (const wait of waiting) await assert.rejects(wait, { name: 'BrokenBarrierError' });
  await assert.rejects(barrier.wait(), { name: 'BrokenBarrierError' });
  assert.throws(() => barrier.waitSync(), { name: 'BrokenBarrierError' });
  assert.equal(barrier.broken, true);
  barrier.reset();
  assert.equal(barrier.broken, false);
  assert.deepEqual((await Promise.all([0, 1, 2].map(() => barrier.wait()))).sort(), [0, 1, 2]);
});

test('[row 100] a time limit breaks the barrier for all, given to the call or to the barrier', async () => {
  const late = new Barrier({ parties: 3, timeout: 0.05 });
  for (const end of await Promise.allSettled([late.wait(), late.wait()])) {
    assert.equal((end as PromiseRejectedResult).reason.name, 'BrokenBarrierError');
  }
  await assert.rejects(late.wait(), { name: 'BrokenBarrierError' });
  const other = new Barrier(2);
  assert.throws(() => other.waitSync(0.05), { name: 'BrokenBarrierError' });
  assert.equal(other.broken, true);
});

test('[row 101] a barrier of one never blocks', async () => {
  const barrier = new Barrier(1);
  for (let i = 0; i < 5; i++) assert.equal(await barrier.wait(), 0);
  assert.equal(barrier.waitSync(), 0);
});

test('wrong barriers are refused', () => {
  for (const parties of [0, -1, 1.5, '2' as unknown as number]) {
    assert.throws(() => new Barrier(parties), { name: 'ValueError' });
  }
});

test('what was closed refuses', async () => {
  const [event, condition, barrier, semaphore, lock] = [
    new Event(),
    new Condition(),
    new Barrier(2),
    new Semaphore(),
    new RLock(),
  ];
  for (const handle of [event, condition, barrier, semaphore, lock]) {
    handle.close();
    handle.close();
    assert.equal(handle.closed, true);
  }
  assert.throws(() => event.set(), { name: 'ValueError', message: /closed/ });
  await assert.rejects(event.wait(), { name: 'ValueError' });
  await assert.rejects(condition.wait(), { name: 'ValueError' });
  await assert.rejects(barrier.wait(), { name: 'ValueError' });
  await assert.rejects(semaphore.acquire(), { name: 'ValueError' });
  assert.throws(() => semaphore.release(), { name: 'ValueError' });
  assert.throws(() => lock.acquireSync(), { name: 'ValueError' });
  assert.equal(inspect(event), '<Event closed>');
});
