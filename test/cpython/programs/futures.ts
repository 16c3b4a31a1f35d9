// test_concurrent_futures: ProcessPoolExecutor, Future, wait and as_completed.
import assert from 'node:assert/strict';
import {
  type AnyFunction,
  BrokenProcessPool,
  Event,
  isMain,
  ProcessPoolExecutor,
  Queue,
  waitFutures,
} from 'forkscope';
import { check, finish, sleep, thrown } from './harness.ts';

export const mul = (x: number, y: number): number => x * y;
export const pow = (x: number, y: number): number => x ** y;
export const capture = (...args: unknown[]): unknown[] => args;
export async function sleepFor(seconds: number): Promise<number> {
  await sleep(seconds);
  return seconds;
}
export async function sleepAndThrow(seconds: number): Promise<never> {
  await sleep(seconds);
  throw new RangeError('this is an exception');
}
export function divide(a: number, b: number): number {
  if (b === 0) throw new RangeError('division by zero');
  return a / b;
}
export const hold = async (event: Event): Promise<number> => {
  await event.wait();
  return 42;
};
export const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
};
export const leave = (): void => process.exit(1);
export const pid = (): number => process.pid;
let status = 'uninitialized';
export function initialise(value: string): void {
  status = value;
}
export const getStatus = (): string => status;
export function failToBegin(): void {
  throw new EvalError('error in initializer');
}
export const putInto = async (queue: Queue<number>, n: number): Promise<void> => await queue.put(n);
export const unsendable = (): unknown => () => {};
export const nothing = (..._: unknown[]): void => {};

const ALL = Array.from({ length: 10 }, (_, i) => i);
async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
/** With an executor of its own, whose workers end with the test. */
async function using<T>(workers: number, body: (executor: ProcessPoolExecutor) => Promise<T>): Promise<T> {
  const executor = new ProcessPoolExecutor(workers);
  try {
    return await body(executor);
  } finally {
    for (const worker of executor.pids) process.kill(worker, 'SIGKILL');
    await executor.shutdown();
  }
}
/** Tests of this many names share the executor, as those of a class in CPython do. */
type Test = (executor: ProcessPoolExecutor) => unknown;
async function together(prefix: string, tests: Readonly<Record<string, Test>>): Promise<void> {
  await using(2, async (executor) => {
    for (const [name, test] of Object.entries(tests)) await check(`${prefix}.${name}`, () => test(executor));
  });
}

const executorTests: Readonly<Record<string, Test>> = {
  async test_submit(executor) {
    assert.equal(await executor.submit(pow, 2, 8).result(), 256);
  },
  async test_submit_keyword(executor) {
    assert.deepEqual(await executor.submit(capture, 1, { self: 2, fn: 3 }).result(), [1, { self: 2, fn: 3 }]);
    assert.throws(() => executor.submit(...([undefined] as unknown as [() => void])), TypeError);
  },
  async test_map(executor) {
    assert.deepEqual(
      await collect(executor.map(pow, ALL, ALL)),
      ALL.map((n) => n ** n),
    );
    const chunked = executor.map(pow, ALL, ALL, { chunksize: 3 });
    assert.deepEqual(
      await collect(chunked),
      ALL.map((n) => n ** n),
    );
  },
  async test_map_exception(executor) {
    const results = executor.map(divide, [1, 1, 1, 1], [2, 3, 0, 5]);
    assert.equal((await results.next()).value, 1 / 2);
    assert.equal((await results.next()).value, 1 / 3);
    assert.equal(await thrown(() => results.next()), 'RangeError');
  },
  async test_map_timeout(executor) {
    const seen: number[] = [];
    const error = await thrown(async () => {
      for await (const one of executor.map(sleepFor, [0, 0, 5], { timeout: 1 })) seen.push(one);
    });
    assert.deepEqual([seen, error], [[0, 0], 'TimeoutError']);
  },
  async test_shutdown_race_issue12456(executor) {
    await collect(executor.map(nothing, Array(100).fill(1), Array(100).fill(2)));
  },
  async test_free_reference(executor) {
    // Results are objects of their own: what was given to the consumer is not kept for the next.
    const seen = new Set<unknown>();
    for await (const made of executor.map(capture, [1, 2, 3])) seen.add(made);
    assert.equal(seen.size, 3);
  },
  test_max_workers_negative() {
    for (const workers of [0, -1])
      assert.throws(() => new ProcessPoolExecutor(workers), { name: 'ValueError' });
  },
  test_max_workers_too_large() {
    assert.throws(() => new ProcessPoolExecutor(513), { name: 'ValueError' });
  },
  async test_map_chunksize(executor) {
    const expected = ALL.map((n) => n ** n);
    for (const chunksize of [6, 50])
      assert.deepEqual(await collect(executor.map(pow, ALL, ALL, { chunksize })), expected);
    for (const chunksize of [-1, 0])
      assert.throws(() => executor.map(pow, ALL, ALL, { chunksize }), { name: 'ValueError' });
  },
  async test_traceback(executor) {
    const error = (await executor.submit(divide, 1, 0).exception()) as Error;
    assert.equal(error.name, 'RangeError');
    const cause = error.cause as Error;
    assert.equal(cause.name, 'RemoteTraceback');
    assert.match(String(cause.stack), /divide.*futures\.ts/);
  },
  async test_ressources_gced_in_workers(executor) {
    assert.deepEqual(await executor.submit(capture, { mgr: 'x' }).result(), [{ mgr: 'x' }]);
  },
  test_saturation: () =>
    using(2, async (executor) => {
      const gate = new Event();
      const futures = Array.from({ length: 30 }, () => executor.submit(hold, gate));
      assert.equal(executor.pids.length, 2);
      gate.set();
      assert.deepEqual(await Promise.all(futures), Array(30).fill(42));
    }),
  test_idle_process_reuse_one: () =>
    using(1, async (executor) => {
      const seen = [await executor.submit(pid), await executor.submit(pid), await executor.submit(pid)];
      assert.equal(new Set(seen).size, 1);
    }),
  test_idle_process_reuse_multiple: () =>
    using(2, async (executor) => {
      const seen = new Set<number>();
      for (let i = 0; i < 8; i++) seen.add(await executor.submit(pid));
      assert.ok(seen.size <= 2);
    }),
  async test_executor_map_current_future_cancel(executor) {
    const queue = new Queue<number>();
    const results = executor.map(
      putInto,
      Array(200).fill(queue),
      Array.from({ length: 200 }, (_, i) => i),
    );
    await results.next();
    await results.return?.();
    await executor.submit(pid);
    assert.ok(queue.qsize() < 200);
  },
};

const lives: Readonly<Record<string, () => unknown>> = {
  async test_max_tasks_per_child() {
    const executor = new ProcessPoolExecutor({ maxWorkers: 1, maxTasksPerChild: 3 });
    const seen: number[] = [];
    for (let i = 0; i < 4; i++) seen.push(await executor.submit(pid).result());
    assert.deepEqual([new Set(seen.slice(0, 3)).size, seen[0] !== seen[3]], [1, true]);
    await executor.shutdown();
    for (const maxTasksPerChild of [0, -1, 'x'] as number[])
      assert.throws(() => new ProcessPoolExecutor({ maxWorkers: 1, maxTasksPerChild }), {
        name: 'ValueError',
      });
  },
  async test_max_tasks_early_shutdown() {
    const executor = new ProcessPoolExecutor({ maxWorkers: 2, maxTasksPerChild: 1 });
    const futures = [0, 1, 2, 3].map((n) => executor.submit(mul, n, n));
    await executor.shutdown();
    assert.deepEqual(await Promise.all(futures), [0, 1, 4, 9]);
  },
  async test_run_after_shutdown() {
    const executor = new ProcessPoolExecutor(1);
    await executor.shutdown();
    assert.throws(() => executor.submit(pow, 2, 5), { name: 'RuntimeError' });
  },
  async test_hang_issue12364() {
    const executor = new ProcessPoolExecutor(2);
    const futures = Array.from({ length: 20 }, () => executor.submit(sleepFor, 0.01));
    await executor.shutdown();
    for (const future of futures) assert.equal(await future.result(), 0.01);
  },
  async test_cancel_futures() {
    const executor = new ProcessPoolExecutor(2);
    const futures = Array.from({ length: 50 }, () => executor.submit(sleepFor, 0.01));
    await executor.shutdown({ cancelFutures: true });
    assert.ok(futures.filter((future) => future.cancelled()).length >= 20);
    assert.ok(futures.every((future) => future.done()));
  },
  async test_cancel_futures_wait_false() {
    const executor = new ProcessPoolExecutor(1);
    const futures = Array.from({ length: 20 }, () => executor.submit(sleepFor, 0.01));
    await executor.shutdown({ wait: false, cancelFutures: true });
    assert.equal(futures.at(-1)?.cancelled(), true);
    await waitFutures(futures);
  },
  async test_processes_terminate() {
    const executor = new ProcessPoolExecutor(2);
    await executor.submit(mul, 21, 2);
    const workers = [...executor.pids];
    await executor.shutdown();
    assert.deepEqual(executor.pids, []);
    for (const worker of workers) assert.throws(() => process.kill(worker, 0), { code: 'ESRCH' });
  },
  async test_context_manager_shutdown() {
    let kept: ProcessPoolExecutor;
    {
      await using executor = new ProcessPoolExecutor(2);
      kept = executor;
      assert.deepEqual(await collect(executor.map(Math.abs as never as typeof nothing, [])), []);
    }
    assert.deepEqual(kept.pids, []);
  },
  async test_shutdown_no_wait() {
    const executor = new ProcessPoolExecutor(2);
    const results = executor.map(mul, [1, 2, 3], [4, 5, 6]);
    await executor.shutdown({ wait: false });
    assert.deepEqual(await collect(results), [4, 10, 18]);
  },
  async test_submit_after_interpreter_shutdown() {
    const executor = new ProcessPoolExecutor(1);
    const ending = executor.shutdown();
    assert.throws(() => executor.submit(pow, 1, 1), { name: 'RuntimeError' });
    await ending;
  },
};

const broken: Readonly<Record<string, () => unknown>> = {
  'ProcessPoolExecutorTest.test_killed_child': () =>
    using(2, async (executor) => {
      const future = executor.submit(sleepFor, 30);
      await executor.submit(pid);
      process.kill(executor.pids[0] ?? 0, 'SIGKILL');
      assert.equal(await thrown(() => future.result()), 'BrokenProcessPool');
      assert.throws(() => executor.submit(pow, 2, 8), BrokenProcessPool);
    }),
  'ProcessPoolSpawnInitializerTest.test_initializer': async () => {
    const executor = new ProcessPoolExecutor({
      maxWorkers: 1,
      initializer: initialise,
      initargs: ['initialized'],
    });
    const seen = await Promise.all([1, 2, 3].map(() => executor.submit(getStatus)));
    assert.deepEqual(seen, Array(3).fill('initialized'));
    await executor.shutdown();
  },
  'ProcessPoolSpawnFailingInitializerTest.test_initializer': async () => {
    const executor = new ProcessPoolExecutor({ maxWorkers: 1, initializer: failToBegin });
    const future = executor.submit(getStatus);
    assert.equal(await thrown(() => future.result()), 'BrokenProcessPool');
    assert.throws(() => executor.submit(getStatus), BrokenProcessPool);
    await executor.shutdown();
  },
};
const deaths: Readonly<Record<string, [AnyFunction, unknown[], string]>> = {
  test_crash_during_func_exec_on_worker: [die, [], 'BrokenProcessPool'],
  test_exit_during_func_exec_on_worker: [leave, [], 'BrokenProcessPool'],
  test_error_during_func_exec_on_worker: [sleepAndThrow, [0], 'RangeError'],
  test_error_at_task_pickle: [nothing, [() => {}], 'SerializationError'],
  test_error_during_result_pickle_on_worker: [unsendable, [], 'MaybeEncodingError'],
};

if (isMain(import.meta)) {
  void (async () => {
    await together('ProcessPoolExecutorTest', executorTests);
    for (const [name, test] of Object.entries(lives))
      await check(`ProcessPoolSpawnProcessPoolShutdownTest.${name}`, test);
    for (const [name, test] of Object.entries(broken)) await check(name, test);
    for (const [name, [fn, args, error]] of Object.entries(deaths)) {
      await check(`ProcessPoolSpawnExecutorDeadlockTest.${name}`, () =>
        using(2, async (executor) =>
          assert.equal(await thrown(() => executor.submit(fn, ...args).result()), error),
        ),
      );
    }
    const { waits } = await import('./futures-wait.ts');
    await using(2, waits);
    await finish();
  })();
}
