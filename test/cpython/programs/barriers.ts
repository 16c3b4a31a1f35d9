// _TestBarrier between processes, between tasks, and in a manager.
import assert from 'node:assert/strict';
import { Barrier, isMain, Queue, Value } from 'forkscope';
import {
  type AnyBarrier,
  type AnyQueue,
  check,
  checkKinds,
  elsewhere,
  finish,
  type Kind,
  managed,
  processes,
  tasks,
  thrown,
} from './harness.ts';

/** Parties of a barrier, of which one is a task here, as in CPython. */
const N = 5;

export async function pass(barrier: AnyBarrier, rounds: number, passed: AnyQueue<number>): Promise<number[]> {
  const indices: number[] = [];
  for (let round = 0; round < rounds; round++) {
    indices.push(await barrier.wait());
    await passed.put(round);
    await barrier.wait();
  }
  return indices;
}
/** The one that comes last to know calls `abort`; the others learn of it. */
export async function abortOrWait(barrier: AnyBarrier): Promise<string> {
  const wait = async (): Promise<number> => {
    const index = await barrier.wait();
    if (index === 2) throw new RangeError('gives up');
    return await barrier.wait();
  };
  try {
    await wait();
    return 'passed';
  } catch (error) {
    if (error instanceof RangeError) await barrier.abort();
    return (error as Error).name;
  }
}
export async function resetOrWait(barrier: AnyBarrier, waiting: AnyBarrier): Promise<string[]> {
  const seen: string[] = [];
  const index = await waiting.wait();
  if (index === 2) {
    // The others are at the barrier, or soon will be: a reset before the last of them would reach nobody of it.
    const state = barrier as unknown as { state?(): Promise<{ nWaiting: number }>; nWaiting?: number };
    const waiters = async (): Promise<number> => (await state.state?.())?.nWaiting ?? state.nWaiting ?? 0;
    while ((await waiters()) < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    await barrier.reset();
    seen.push('reset');
  } else seen.push(await thrown(() => barrier.wait()));
  await waiting.wait();
  await barrier.wait();
  seen.push('passed');
  return seen;
}
export async function abortAndReset(barrier: AnyBarrier, other: AnyBarrier): Promise<string[]> {
  const seen = [await abortOrWait(barrier)];
  if ((await other.wait()) === 2) await barrier.reset();
  await other.wait();
  await barrier.wait();
  seen.push('passed');
  return seen;
}
export async function lateOne(barrier: AnyBarrier, timeout?: number): Promise<string> {
  const index = await barrier.wait();
  if (index === 2) return 'does not come';
  return await thrown(() => barrier.wait(timeout));
}

/** Runs `fn` as all parties. */
function parties<A extends unknown[], R>(
  kind: Kind,
  fn: (...args: A) => Promise<R>,
  ...args: A
): Promise<Awaited<R>[]> {
  const runs = Array.from({ length: N }, (_, i) => (i === 0 ? tasks : kind).run(fn, ...args));
  return Promise.all(runs) as Promise<Awaited<R>[]>;
}

async function rounds(kind: Kind, count: number): Promise<void> {
  const [barrier, passed] = [await kind.barrier(N), await kind.queue<number>()];
  const indices = await parties(kind, pass, barrier, count, passed);
  // Nobody is a round ahead of the others.
  const order: number[] = [];
  for (let i = 0; i < N * count; i++) order.push(await passed.get());
  assert.deepEqual(
    order,
    Array.from({ length: N * count }, (_, i) => Math.floor(i / N)),
  );
  for (let round = 0; round < count; round++)
    assert.deepEqual(indices.map((of) => of[round]).toSorted(), [0, 1, 2, 3, 4]);
}

const broken = async (barrier: AnyBarrier): Promise<boolean> =>
  barrier instanceof Barrier
    ? barrier.broken
    : (await (barrier as unknown as { state(): Promise<{ broken: boolean }> }).state()).broken;

export function count(): void {}
const calls = Value('i', 0);

async function barriers(): Promise<void> {
  await checkKinds('TestBarrier.test_barrier', async (kind) => await rounds(kind, 1));
  await checkKinds('TestBarrier.test_barrier_10', async (kind) => await rounds(kind, 10));
  await checkKinds('TestBarrier.test_wait_return', async (kind) => {
    const [barrier, passed] = [await kind.barrier(N), await kind.queue<number>()];
    const indices = await parties(kind, pass, barrier, 1, passed);
    assert.deepEqual(indices.flat().toSorted(), [0, 1, 2, 3, 4]);
  });
  await checkKinds(
    'TestBarrier.test_action',
    async (kind) => {
      calls.value = 0;
      const barrier = new Barrier({
        parties: N,
        action: () => {
          calls.value += 1;
        },
      });
      await parties(kind, pass, barrier, 1, new Queue<number>());
      assert.equal(calls.value, 2, 'once for each time that it opens');
    },
    [tasks],
  );
  await checkKinds('TestBarrier.test_abort', async (kind) => {
    const barrier = await kind.barrier(N);
    const seen = await parties(kind, abortOrWait, barrier);
    assert.deepEqual(seen.toSorted(), [...Array(4).fill('BrokenBarrierError'), 'RangeError']);
    assert.equal(await broken(barrier), true);
    assert.equal(await thrown(() => barrier.wait()), 'BrokenBarrierError');
  });
  await checkKinds('TestBarrier.test_reset', async (kind) => {
    const [barrier, waiting] = [await kind.barrier(N), await kind.barrier(N)];
    const seen = await parties(kind, resetOrWait, barrier, waiting);
    assert.deepEqual(seen.map(([first]) => first).toSorted(), [
      ...Array(4).fill('BrokenBarrierError'),
      'reset',
    ]);
    assert.deepEqual(
      seen.map(([, last]) => last),
      Array(N).fill('passed'),
    );
    assert.equal(await broken(barrier), false);
  });
  await checkKinds('TestBarrier.test_abort_and_reset', async (kind) => {
    const [barrier, other] = [await kind.barrier(N), await kind.barrier(N)];
    const seen = await parties(kind, abortAndReset, barrier, other);
    assert.deepEqual(seen.map(([first]) => first).toSorted(), [
      ...Array(4).fill('BrokenBarrierError'),
      'RangeError',
    ]);
    assert.deepEqual(
      seen.map(([, last]) => last),
      Array(N).fill('passed'),
    );
  });
  await checkKinds('TestBarrier.test_timeout', async (kind) => {
    const barrier = await kind.barrier(N);
    const seen = await parties(kind, lateOne, barrier, 0.2);
    assert.deepEqual(seen.toSorted(), [...Array(4).fill('BrokenBarrierError'), 'does not come']);
  });
  await checkKinds('TestBarrier.test_default_timeout', async (kind) => {
    const barrier = await kind.barrier(N, 1);
    const seen = await parties(kind, lateOne, barrier);
    assert.deepEqual(seen.toSorted(), [...Array(4).fill('BrokenBarrierError'), 'does not come']);
  });
  await checkKinds('TestBarrier.test_single_thread', async (kind) => {
    const barrier = await kind.barrier(1);
    assert.deepEqual([await barrier.wait(), await barrier.wait()], [0, 0]);
  });
  await checkKinds(
    'TestBarrier.test_thousand',
    async (kind) => await rounds(kind, kind === managed ? 100 : 1000),
    [processes, tasks],
  );
  await check('WithProcessesTestBarrier.test_action', async () => {
    const made = await elsewhere(actionElsewhere);
    assert.equal(made, 1);
  });
}
export async function actionElsewhere(): Promise<number> {
  let runs = 0;
  const barrier = new Barrier({
    parties: 1,
    action: () => {
      runs++;
    },
  });
  await barrier.wait();
  return runs;
}

if (isMain(import.meta)) void barriers().then(finish);
