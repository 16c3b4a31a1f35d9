// Of test_concurrent_futures: WaitTests, AsCompletedTests, FutureTests.
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { asCompleted, Event, type Future, type ProcessPoolExecutor, waitFutures } from 'forkscope';
import { hold, mul, sleepAndThrow, sleepFor } from './futures.ts';
import { check, sleep, thrown } from './harness.ts';

const settledFutures = async (
  executor: ProcessPoolExecutor,
): Promise<Record<'ok' | 'failed' | 'cancelled', Future<unknown>>> => {
  const gate = new Event();
  const ok = executor.submit(mul, 6, 7);
  const failed = executor.submit(sleepAndThrow, 0);
  const busy = Array.from({ length: 8 }, () => executor.submit(hold, gate));
  const cancelled = executor.submit(mul, 1, 1);
  assert.equal(cancelled.cancel(), true);
  gate.set();
  await waitFutures([ok, failed, ...busy]);
  return { ok, failed, cancelled };
};

/** Waits, iteration and futures, on one executor. */
export async function waits(executor: ProcessPoolExecutor): Promise<void> {
  const { ok, failed, cancelled } = await settledFutures(executor);
  const pending = (): { gate: Event; future: Future<number> } => {
    const gate = new Event();
    return { gate, future: executor.submit(hold, gate) };
  };
  const wait = (name: string, body: () => unknown): Promise<void> =>
    check(`ProcessPoolSpawnWaitTest.${name}`, body);
  await wait('test_20369', async () => {
    const { done, notDone } = await waitFutures([ok, ok]);
    assert.deepEqual([done.size, notDone.size], [1, 0]);
  });
  await wait('test_first_completed', async () => {
    const { gate, future } = pending();
    const { done, notDone } = await waitFutures([future, executor.submit(mul, 21, 2)], {
      returnWhen: 'FIRST_COMPLETED',
    });
    assert.deepEqual([done.size, [...notDone]], [1, [future]]);
    gate.set();
    await future;
  });
  await wait('test_first_completed_some_already_completed', async () => {
    const { gate, future } = pending();
    const { done, notDone } = await waitFutures([cancelled, future], { returnWhen: 'FIRST_COMPLETED' });
    assert.deepEqual([[...done], [...notDone]], [[cancelled], [future]]);
    gate.set();
    await future;
  });
  await wait('test_first_exception', async () => {
    const { gate, future } = pending();
    const all = [executor.submit(mul, 2, 21), executor.submit(sleepAndThrow, 0.05), future];
    const { done, notDone } = await waitFutures<Future<unknown>>(all, { returnWhen: 'FIRST_EXCEPTION' });
    assert.deepEqual([done.has(all[1] as Future<unknown>), notDone.has(future)], [true, true]);
    gate.set();
    await future;
  });
  await wait('test_first_exception_some_already_complete', async () => {
    const { gate, future } = pending();
    const failing = executor.submit(sleepAndThrow, 0.05);
    const all: Future<unknown>[] = [ok, cancelled, failing, future];
    const { done, notDone } = await waitFutures(all, { returnWhen: 'FIRST_EXCEPTION' });
    assert.deepEqual([done, notDone], [new Set([ok, cancelled, failing]), new Set([future])]);
    gate.set();
    await future;
  });
  await wait('test_first_exception_one_already_failed', async () => {
    const { gate, future } = pending();
    const { done, notDone } = await waitFutures<Future<unknown>>([failed, future], {
      returnWhen: 'FIRST_EXCEPTION',
    });
    assert.deepEqual([done, notDone], [new Set([failed]), new Set([future])]);
    gate.set();
    await future;
  });
  await wait('test_all_completed', async () => {
    const all: Future<unknown>[] = [
      ok,
      failed,
      cancelled,
      executor.submit(mul, 1, 2),
      executor.submit(sleepAndThrow, 0),
    ];
    const { done, notDone } = await waitFutures(all, { returnWhen: 'ALL_COMPLETED' });
    assert.deepEqual([done, notDone.size], [new Set(all), 0]);
  });
  await wait('test_timeout', async () => {
    const { gate, future } = pending();
    const { done, notDone } = await waitFutures<Future<unknown>>([ok, failed, future], { timeout: 0.1 });
    assert.deepEqual([done, notDone], [new Set([ok, failed]), new Set([future])]);
    gate.set();
    await future;
  });
  const iterate = (name: string, body: () => unknown): Promise<void> =>
    check(`ProcessPoolSpawnAsCompletedTest.${name}`, body);
  await iterate('test_no_timeout', async () => {
    const all: Future<unknown>[] = [
      ok,
      failed,
      cancelled,
      executor.submit(mul, 2, 21),
      executor.submit(mul, 7, 6),
    ];
    const seen = new Set<unknown>();
    for await (const future of asCompleted(all)) seen.add(future);
    assert.deepEqual(seen, new Set(all));
  });
  await iterate('test_zero_timeout', async () => {
    const { gate, future } = pending();
    const seen = new Set<unknown>();
    const error = await thrown(async () => {
      for await (const one of asCompleted<Future<unknown>>([ok, failed, cancelled, future], 0)) seen.add(one);
    });
    assert.deepEqual([seen, error], [new Set([ok, failed, cancelled]), 'TimeoutError']);
    gate.set();
    await future;
  });
  await iterate('test_nonzero_timeout', async () => {
    const { gate, future } = pending();
    const seen = new Set<unknown>();
    const error = await thrown(async () => {
      for await (const one of asCompleted<Future<unknown>>([ok, future], 0.1)) seen.add(one);
    });
    assert.deepEqual([seen, error], [new Set([ok]), 'TimeoutError']);
    gate.set();
    await future;
  });
  await iterate('test_duplicate_futures', async () => {
    const future = executor.submit(sleepFor, 0.05);
    let count = 0;
    for await (const _ of asCompleted([future, future])) count++;
    assert.equal(count, 1);
  });
  await iterate('test_correct_timeout_exception_msg', async () => {
    const all = [pending(), pending()];
    const error = await asCompleted(
      all.map(({ future }) => future),
      0,
    )
      .next()
      .catch((problem: Error) => problem.message);
    assert.match(String(error), /2 of 2/);
    for (const { gate } of all) gate.set();
    await Promise.all(all.map(({ future }) => future));
  });
  await futures(executor, { ok, failed, cancelled });
}

async function futures(
  executor: ProcessPoolExecutor,
  { ok, failed, cancelled }: Record<'ok' | 'failed' | 'cancelled', Future<unknown>>,
): Promise<void> {
  const future = (name: string, body: () => unknown): Promise<void> => check(`FutureTests.${name}`, body);
  /** What a callback of a future that has yet to come is told. */
  const told = async (
    one: Future<unknown>,
    given: (future: Future<unknown>) => unknown,
  ): Promise<unknown> => {
    let seen: unknown;
    one.addDoneCallback((self) => {
      seen = given(self);
    });
    await one.exception().catch(() => {});
    await sleep(0);
    return seen;
  };
  await future('test_done_callback_with_result', async () =>
    assert.equal(await told(executor.submit(mul, 5, 1), (self) => self.done()), true),
  );
  await future('test_done_callback_with_exception', async () =>
    assert.equal(await told(executor.submit(sleepAndThrow, 0), (self) => self.done()), true),
  );
  await future('test_done_callback_with_cancel', async () => {
    const gate = new Event();
    const busy = Array.from({ length: 8 }, () => executor.submit(hold, gate));
    const waiting = executor.submit(mul, 1, 1);
    const seen = told(waiting, (self) => self.cancelled());
    assert.equal(waiting.cancel(), true);
    gate.set();
    assert.equal(await seen, true);
    await Promise.all(busy);
  });
  await future('test_done_callback_raises', async () => {
    const one = executor.submit(mul, 1, 1);
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    one.addDoneCallback(() => {
      throw new RangeError('doh!');
    });
    assert.equal(await told(one, () => 'called nevertheless'), 'called nevertheless');
    assert.equal((await warned).name, 'ExecutorWarning');
  });
  for (const [name, one] of [
    ['test_done_callback_already_successful', ok],
    ['test_done_callback_already_failed', failed],
    ['test_done_callback_already_cancelled', cancelled],
  ] as const)
    await future(name, async () => assert.equal(await told(one, (self) => self === one), true));
  await future('test_done_callback_raises_already_succeeded', async () => {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    ok.addDoneCallback(() => {
      throw new RangeError('doh!');
    });
    assert.equal((await warned).name, 'ExecutorWarning');
  });
  await future('test_repr', () => {
    assert.match(inspect(ok), /Future.*done/);
    assert.match(inspect(cancelled), /Future.*cancelled/);
  });
  await future('test_cancel', async () => {
    const gate = new Event();
    const busy = Array.from({ length: 8 }, () => executor.submit(hold, gate));
    await sleep(0);
    assert.equal(busy[0]?.cancel(), false, 'it runs');
    const waiting = executor.submit(mul, 1, 1);
    assert.deepEqual([waiting.cancel(), waiting.cancel(), waiting.cancelled()], [true, true, true]);
    gate.set();
    await Promise.all(busy);
    assert.deepEqual([ok.cancel(), failed.cancel(), cancelled.cancel()], [false, false, true]);
  });
  await future('test_cancelled', () =>
    assert.deepEqual([ok.cancelled(), failed.cancelled(), cancelled.cancelled()], [false, false, true]),
  );
  await future('test_done', () => assert.ok([ok, failed, cancelled].every((one) => one.done())));
  await future('test_running', async () => {
    const gate = new Event();
    const one = executor.submit(hold, gate);
    assert.deepEqual(
      [one.running(), one.done(), ok.running(), cancelled.running()],
      [true, false, false, false],
    );
    gate.set();
    await one;
    assert.equal(one.running(), false);
  });
  await future('test_result_with_timeout', async () => {
    const gate = new Event();
    const one = executor.submit(hold, gate);
    assert.equal(await thrown(() => one.result(0)), 'TimeoutError');
    gate.set();
    assert.equal(await one.result(20), 42);
    assert.equal(await thrown(() => failed.result(0)), 'RangeError');
    assert.equal(await thrown(() => cancelled.result(0)), 'CancelledError');
    assert.equal(await ok.result(0), 42);
  });
  await future('test_result_with_success', async () => assert.equal(await ok.result(), 42));
  await future('test_result_with_cancel', async () =>
    assert.equal(await thrown(() => cancelled.result(5)), 'CancelledError'),
  );
  await future('test_exception_with_timeout', async () => {
    assert.equal(await ok.exception(0), null);
    assert.equal(((await failed.exception(0)) as Error).name, 'RangeError');
    assert.equal(await thrown(() => cancelled.exception(0)), 'CancelledError');
  });
  await future('test_exception_with_success', async () => {
    const one = executor.submit(sleepAndThrow, 0.02);
    assert.ok((await one.exception(20)) instanceof RangeError);
  });
  await future('test_multiple_set_result', async () => {
    // Nobody but the executor settles a future: there is no set_result to call twice.
    assert.deepEqual(['setResult' in ok, 'setException' in ok, await ok], [false, false, 42]);
  });
}
