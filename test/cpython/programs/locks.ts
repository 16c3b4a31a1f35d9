// _TestLock, _TestSemaphore, _TestEvent, _TestCondition between processes, between tasks, and in a manager.
import assert from 'node:assert/strict';
import { Event, isMain, Lock, RLock, SharedArray, type SynchronizedValue, Value } from 'forkscope';
import {
  type AnyCondition,
  type AnyEvent,
  type AnyLock,
  check,
  checkKinds,
  finish,
  type Kind,
  managed,
  processes,
  sleep,
  tasks,
  thrown,
  timed,
  until,
} from './harness.ts';

export async function setLater(event: AnyEvent, seconds: number): Promise<void> {
  await sleep(seconds);
  await event.set();
}
/** Waits under the condition; says before and after, by units of two semaphores. */
export async function sleeper(
  condition: AnyCondition,
  sleeping: AnyLock,
  woken: AnyLock,
  timeout?: number,
): Promise<boolean> {
  await condition.acquire();
  await sleeping.release();
  const notified = await condition.wait(timeout);
  await woken.release();
  await condition.release();
  return notified;
}
export async function countTo(
  condition: AnyCondition,
  state: SynchronizedValue<'i'>,
  steps: number,
): Promise<void> {
  for (let i = 0; i < steps; i++) {
    await sleep(0.01);
    await condition.with(async () => {
      state.value += 1;
      await condition.notify();
    });
  }
}
export async function waitForFour(
  condition: AnyCondition,
  state: SynchronizedValue<'i'>,
): Promise<[boolean, number]> {
  return await condition.with(async () => {
    state.value = 0;
    await condition.notify();
    return [await condition.waitFor(() => state.value === 4), state.value];
  });
}

const taken = async (lock: AnyLock): Promise<boolean> => (await lock.acquire({ block: false })) !== false;

/** Units that can be taken from a semaphore now; they are given back. */
async function units(semaphore: AnyLock): Promise<number> {
  let count = 0;
  while (await taken(semaphore)) count++;
  for (let i = 0; i < count; i++) await semaphore.release();
  return count;
}

async function locks(): Promise<void> {
  await checkKinds('TestLock.test_lock', async (kind) => {
    const lock = await kind.lock();
    assert.notEqual(await lock.acquire(), false);
    assert.equal(await lock.acquire({ block: false }), false);
    await lock.release();
    const error = await thrown(() => lock.release());
    assert.equal(error, kind === managed ? 'RuntimeError' : 'ValueError');
  });
  await checkKinds('TestLock.test_rlock', async (kind) => {
    const lock = await kind.rlock();
    for (let i = 0; i < 3; i++) assert.notEqual(await lock.acquire(), false);
    for (let i = 0; i < 3; i++) await lock.release();
    assert.match(await thrown(() => lock.release()), /AssertionError|RuntimeError/);
  });
  await checkKinds('TestLock.test_lock_context', async (kind) => {
    const lock = await kind.lock();
    await lock.with(async () => assert.equal(await taken(lock), false));
    assert.equal(await taken(lock), true);
    if (lock instanceof Lock) {
      lock.release();
      {
        using _guard = await lock.acquire();
        assert.equal(lock.locked, true);
      }
      assert.equal(lock.locked, false);
    }
  });
}

async function semaphores(): Promise<void> {
  const walk = async (semaphore: AnyLock): Promise<void> => {
    const seen = [await units(semaphore)];
    for (let i = 0; i < 2; i++) {
      await semaphore.acquire();
      seen.push(await units(semaphore));
    }
    assert.equal(await taken(semaphore), false);
    for (let i = 0; i < 2; i++) {
      await semaphore.release();
      seen.push(await units(semaphore));
    }
    assert.deepEqual(seen, [2, 1, 0, 1, 2]);
  };
  await checkKinds('TestSemaphore.test_semaphore', async (kind) => {
    const semaphore = await kind.semaphore(2);
    await walk(semaphore);
    await semaphore.release();
    await semaphore.release();
    assert.equal(await units(semaphore), 4);
  });
  await checkKinds('TestSemaphore.test_bounded_semaphore', async (kind) => {
    const semaphore = await kind.bounded(2);
    await walk(semaphore);
    assert.equal(await thrown(() => semaphore.release()), 'ValueError');
  });
  await checkKinds('TestSemaphore.test_timeout', async (kind) => {
    const semaphore = await kind.semaphore(0);
    const limits = [
      [{ block: false }, 0],
      [{ block: false, timeout: 0.1 }, 0],
      [{ timeout: 0.1 }, 0.1],
      [{ block: true, timeout: 0.15 }, 0.15],
    ] as const;
    for (const [options, seconds] of limits) {
      const [took, got] = await timed(() => semaphore.acquire(options));
      assert.equal(got, false);
      assert.ok(took >= seconds - 0.02);
    }
  });
}

async function events(): Promise<void> {
  await checkKinds('TestEvent.test_event', async (kind) => {
    const event = await kind.event();
    assert.equal(await event.isSet(), false);
    assert.deepEqual((await timed(() => event.wait(0)))[1], false);
    const [took, set] = await timed(() => event.wait(0.1));
    assert.equal(set, false);
    assert.ok(took >= 0.08);
    await event.set();
    assert.deepEqual([await event.isSet(), await event.wait(), await event.wait(5)], [true, true, true]);
    await event.clear();
    assert.equal(await event.isSet(), false);
    const setting = kind.run(setLater, event, 0.05);
    assert.equal(await event.wait(), true);
    await setting;
  });
  await checkKinds('TestEvent.test_repr', async () => {
    const { inspect } = await import('node:util');
    const event = new Event();
    assert.match(inspect(event), /unset/);
    event.set();
    assert.match(inspect(event), / set/);
  }, [processes, tasks]);
}

interface Sleepers {
  readonly condition: AnyCondition;
  readonly woken: AnyLock;
  readonly all: Promise<boolean>[];
}
/** So many tests sleep, half of them elsewhere, half of them in tasks of this process, as CPython mixes processes and threads. */
async function asleep(kind: Kind, count: number, timeout?: number): Promise<Sleepers> {
  const condition = await kind.condition();
  const [sleeping, woken] = [await kind.semaphore(0), await kind.semaphore(0)];
  const all = Array.from({ length: count }, (_, i) =>
    (i % 2 === 0 ? kind : tasks).run(sleeper, condition, sleeping, woken, timeout),
  );
  for (let i = 0; i < count; i++) await sleeping.acquire();
  // Whoever has said so holds the condition until it waits.
  await condition.acquire();
  await condition.release();
  return { condition, woken, all };
}

async function notify({ condition }: Sleepers, n: number): Promise<void> {
  await condition.with(async () => await (n === 0 ? condition.notifyAll() : condition.notify(n)));
}

async function conditions(): Promise<void> {
  await checkKinds('TestCondition.test_notify', async (kind) => {
    const sleepers = await asleep(kind, 2);
    assert.equal(await units(sleepers.woken), 0);
    await notify(sleepers, 1);
    await until(async () => (await units(sleepers.woken)) === 1);
    await sleep(0.05);
    assert.equal(await units(sleepers.woken), 1);
    await notify(sleepers, 1);
    assert.deepEqual(await Promise.all(sleepers.all), [true, true]);
  });
  await checkKinds('TestCondition.test_notify_all', async (kind) => {
    const timedOut = await asleep(kind, 6, 0.05);
    assert.deepEqual(await Promise.all(timedOut.all), Array(6).fill(false));
    const sleepers = await asleep(kind, 6);
    await notify(sleepers, 0);
    assert.deepEqual(await Promise.all(sleepers.all), Array(6).fill(true));
    assert.equal(await units(sleepers.woken), 6);
  });
  await checkKinds('TestCondition.test_notify_n', async (kind) => {
    const sleepers = await asleep(kind, 6);
    assert.equal(await units(sleepers.woken), 0);
    await notify(sleepers, 2);
    await until(async () => (await units(sleepers.woken)) >= 2);
    await sleep(0.05);
    assert.equal(await units(sleepers.woken), 2);
    await notify(sleepers, 4);
    await Promise.all(sleepers.all);
    assert.equal(await units(sleepers.woken), 6);
    await notify(sleepers, 3);
    assert.equal(await units(sleepers.woken), 6);
  });
  await checkKinds('TestCondition.test_timeout', async (kind) => {
    const condition = await kind.condition();
    await condition.with(async () => {
      const [took, notified] = await timed(() => condition.wait(0.1));
      assert.equal(notified, false);
      assert.ok(took >= 0.08);
    });
  });
  await checkKinds(
    'TestCondition.test_waitfor',
    async (kind) => {
      const [condition, state] = [await kind.condition(), Value('i', -1)];
      const waiting = kind.run(waitForFour, condition, state);
      await condition.with(async () => await condition.waitFor(() => state.value === 0));
      await kind.run(countTo, condition, state, 4);
      assert.deepEqual(await waiting, [true, 4]);
    },
    [processes, tasks],
  );
  await checkKinds('TestCondition.test_waitfor_timeout', async (kind) => {
    const condition = await kind.condition();
    await condition.with(async () => {
      const [took, value] = await timed(() => condition.waitFor(() => false, 0.1));
      assert.equal(value, false);
      assert.ok(took >= 0.08);
    });
  });
  await checkKinds('TestCondition.test_wait_result', async (kind) => {
    const condition = await kind.condition();
    await condition.acquire();
    assert.equal(await condition.wait(0), false);
    assert.equal(await condition.wait(0.05), false);
    const notifying = kind.run(notifyLater, condition);
    assert.equal(await condition.wait(20), true);
    await condition.release();
    await notifying;
  });
}
export async function notifyLater(condition: AnyCondition): Promise<void> {
  await condition.with(async () => await condition.notify());
}

async function values(): Promise<void> {
  await check('SemLockTests.test_semlock_subclass', async () => {
    class Named extends RLock {}
    await new Named().with(() => {});
  });
  await check('WithProcessesTestArray.test_getobj_getlock_obj', async () => {
    const array = SharedArray('i', [0, 1, 2]);
    assert.ok(array.getLock() instanceof RLock);
    await array.getLock().with(() => {
      array.set(1, 5);
    });
    const [obj, own] = [array.getObj(), new Lock()];
    assert.equal(obj.get(1), 5);
    assert.equal(SharedArray('i', 3, { lock: own }).getLock(), own);
    assert.equal('getLock' in SharedArray('i', 3, { lock: false }), false);
    assert.equal(await thrown(() => SharedArray('i', 3, { lock: 'no' as never })), 'AttributeError');
  });
}

if (isMain(import.meta))
  void locks().then(semaphores).then(events).then(conditions).then(values).then(finish);
