// _TestPool and its relatives: pools of this process, and a manager's.
import assert from 'node:assert/strict';
import {
  type AnyFunction,
  type AsyncResult,
  type AsyncResultProxy,
  isMain,
  MaybeEncodingError,
  Pool,
  type PoolProxy,
} from 'forkscope';
import { check, finish, sleep, theManager, thrown, timed } from './harness.ts';

export const sqr = (x: number): number => x * x;
export async function slowSqr(x: number, seconds = 0): Promise<number> {
  await sleep(seconds);
  return x * x;
}
export const mul = (x: number, y: number): number => x * y;
export const raising = (): never => {
  throw new EvalError('raised in the worker');
};
export const raiseLarge = (n: number): number => {
  if (n === 1) throw new RangeError('two');
  return n;
};
export const unsendable = (): unknown => () => 42;
export const pid = (): number => process.pid;
export const identity = (x: unknown): unknown => x;
let test = 0;
export function begin(value: number): void {
  test = value;
}
export const begun = (): number => test;
export async function slowFailure(n: number): Promise<number> {
  if (n === 0) throw new RangeError('first');
  await sleep(0.1);
  return n;
}
export const never = (): Promise<never> => new Promise(() => setInterval(() => {}, 1000));

const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const squares = (n: number): number[] => numbers(n).map(sqr);
const pairs = numbers(30).map((n): [number, number] => [n, n + 1]);
const products = pairs.map(([a, b]) => a * b);
/** `when` items, then what it throws. */
function* failing(total: number, when: number): Generator<number> {
  for (let i = 0; i < total; i++) {
    if (i === when) throw new URIError('somebody said when');
    yield i;
  }
}
async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
const sorted = (items: readonly number[]): number[] => items.toSorted((a, b) => a - b);
async function until(items: AsyncIterator<number>): Promise<[number[], string]> {
  const got: number[] = [];
  const error = await thrown(async () => {
    for (let next = await items.next(); !next.done; next = await items.next()) got.push(next.value);
  });
  return [got, error];
}

/** What a result comes to. */
async function fetched<T>(result: AsyncResult<T> | Promise<AsyncResultProxy<T>>): Promise<T> {
  return await (await result).get();
}

const run = <F extends AnyFunction>(
  pool: Pool | PoolProxy,
  fn: F,
  args: Parameters<F>,
): Promise<Awaited<ReturnType<F>>> =>
  pool instanceof Pool ? pool.apply(fn, args as never) : pool.apply(fn, args);

/** Both kinds of pools. */
const common: Readonly<Record<string, (pool: Pool | PoolProxy) => unknown>> = {
  async test_apply(pool) {
    assert.equal(await run(pool, sqr, [5]), 25);
    assert.equal(await run(pool, slowSqr, [3, 0.01]), 9);
  },
  async test_map(pool) {
    assert.deepEqual(await pool.map(sqr, numbers(10)), squares(10));
    assert.deepEqual(await pool.map(sqr, numbers(100), 20), squares(100));
  },
  async test_starmap(pool) {
    assert.deepEqual(await pool.starmap(mul, pairs), products);
    assert.deepEqual(await pool.starmap(mul, pairs, 20), products);
  },
  async test_starmap_async(pool) {
    assert.deepEqual(await fetched(pool.starmapAsync(mul, pairs)), products);
  },
  async test_map_async(pool) {
    assert.deepEqual(await fetched(pool.mapAsync(sqr, numbers(10))), squares(10));
  },
  async test_map_chunksize(pool) {
    assert.deepEqual(await fetched(pool.mapAsync(sqr, [], 1 as never)), []);
  },
  async test_async(pool) {
    const [took, result] = await timed(async () => await (await apply(pool, slowSqr, 7, 0.1)).get());
    assert.equal(result, 49);
    assert.ok(took >= 0.08);
  },
  async test_async_timeout(pool) {
    const result = await apply(pool, slowSqr, 6, 0.4);
    const [took, error] = await timed(() => result.get(0.1));
    assert.equal(error, 'TimeoutError');
    assert.ok(took >= 0.08);
    assert.equal(await result.get(), 36);
  },
  async test_imap(pool) {
    assert.deepEqual(await collect(await pool.imap(sqr, numbers(10))), squares(10));
    assert.deepEqual(await collect(await pool.imap(sqr, numbers(100), 100)), squares(100));
    const items = await pool.imap(sqr, numbers(3));
    for (const expected of [0, 1, 4]) assert.equal((await items.next()).value, expected);
    assert.equal((await items.next()).done, true);
  },
  async test_imap_unordered(pool) {
    assert.deepEqual(sorted(await collect(await pool.imapUnordered(sqr, numbers(100)))), squares(100));
    assert.deepEqual(sorted(await collect(await pool.imapUnordered(sqr, numbers(100), 10))), squares(100));
  },
  async test_empty_iterable(pool) {
    assert.deepEqual(await pool.map(sqr, []), []);
    assert.deepEqual(await fetched(pool.mapAsync(sqr, [])), []);
    assert.deepEqual(await collect(await pool.imap(sqr, [])), []);
    assert.deepEqual(await collect(await pool.imapUnordered(sqr, [])), []);
  },
  async test_map_unplicklable(pool) {
    assert.equal(await thrown(() => pool.map(identity, [() => {}])), 'SerializationError');
  },
  async test_traceback(pool) {
    const error = (await run(pool, raising, []).catch((problem: unknown) => problem)) as Error;
    assert.equal(error.name, 'EvalError');
    assert.match(`${error.stack}\n${(error.cause as Error | undefined)?.stack}`, /raising.*pools\.ts/);
  },
  async test_map_no_failfast(pool) {
    const [took, error] = await timed(() => pool.map(slowFailure, [0, 1, 2], 1));
    assert.equal(error, 'RangeError');
    assert.ok(took >= 0.08, 'waits for all');
  },
  async test_release_task_refs(pool) {
    // Arguments are copies: what the task changes is not what was given.
    const given = [{ n: 1 }];
    const got = await pool.map(identity, given);
    assert.deepEqual(got, given);
    assert.notEqual(got[0], given[0]);
  },
};
/** As `applyAsync` of either kind. */
async function apply(
  pool: Pool | PoolProxy,
  fn: typeof slowSqr,
  ...args: [number, number]
): Promise<AsyncResult<number> | AsyncResultProxy<number>> {
  return pool instanceof Pool ? pool.applyAsync(fn, args) : await pool.applyAsync(fn, args);
}

const own: Readonly<Record<string, (pool: Pool) => unknown>> = {
  async test_map_async_callbacks(pool) {
    const seen: unknown[] = [];
    await pool.mapAsync(sqr, [1], { callback: (value) => seen.push(value) }).wait();
    await pool.mapAsync(raising, [1], { errorCallback: (error) => seen.push((error as Error).name) }).wait();
    assert.deepEqual(seen, [[1], 'EvalError']);
  },
  async test_map_handle_iterable_exception(pool) {
    assert.throws(() => pool.mapAsync(sqr, failing(1, 0)), URIError);
    await assert.rejects(pool.map(sqr, failing(10, 4)), URIError);
  },
  async test_imap_handle_iterable_exception(pool) {
    assert.deepEqual(await until(pool.imap(sqr, failing(1, 0), 1)), [[], 'URIError']);
    assert.deepEqual(await until(pool.imap(sqr, failing(10, 3), 1)), [[0, 1, 4], 'URIError']);
    assert.deepEqual(await until(pool.imap(sqr, failing(20, 7), 2)), [squares(6), 'URIError']);
    assert.deepEqual(await until(pool.imap(sqr, failing(20, 7), 4)), [squares(4), 'URIError']);
  },
  async test_imap_unordered_handle_iterable_exception(pool) {
    const [got, error] = await until(pool.imapUnordered(sqr, failing(10, 3), 1));
    assert.deepEqual([sorted(got), error], [[0, 1, 4], 'URIError']);
  },
  async test_make_pool() {
    for (const size of [-1, 0]) assert.throws(() => new Pool(size), { name: 'ValueError' });
    await using pool = new Pool(3);
    await pool.ready();
    assert.equal(pool.pids.length, 3);
  },
  async test_terminate() {
    const pool = new Pool(2);
    const result = pool.mapAsync(slowSqr as (n: number) => Promise<number>, numbers(10_000), {
      chunksize: 1,
    });
    pool.terminate();
    const [took] = await timed(() => pool.join());
    assert.ok(took < 10);
    assert.equal(await thrown(() => result.get()), 'BrokenPoolError');
  },
  async test_context() {
    let kept: Pool;
    {
      await using pool = new Pool(2);
      kept = pool;
      assert.deepEqual(await pool.map(sqr, numbers(10)), squares(10));
    }
    assert.throws(() => kept.mapAsync(sqr, [1]), { name: 'ValueError' });
  },
  async test_enter() {
    const pool = new Pool(1);
    pool.terminate();
    await pool.join();
    assert.equal(await thrown(() => pool.apply(sqr, [1])), 'ValueError');
  },
  async test_wrapped_exception(pool) {
    assert.equal(await thrown(() => pool.apply(raising)), 'EvalError');
    assert.equal(await thrown(() => pool.map(raiseLarge, numbers(3))), 'RangeError');
  },
  async test_resource_warning() {
    // Nothing tells of a pool that nobody closed; it ends with the program, and an error that nobody fetched is warned of.
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    const pool = new Pool(1);
    pool.applyAsync(raising);
    pool.close();
    await pool.join();
    assert.equal((await warned).name, 'PoolWarning');
  },
};

const alone: Readonly<Record<string, () => unknown>> = {
  async 'WithProcessesTestPoolWorkerErrors.test_async_error_callback'() {
    await using pool = new Pool(1);
    const seen: unknown[] = [];
    const result = pool.applyAsync(raising, [], { errorCallback: (error) => seen.push(error) });
    assert.equal(await thrown(() => result.get()), 'EvalError');
    assert.equal((seen[0] as Error).name, 'EvalError');
  },
  async 'WithProcessesTestPoolWorkerErrors.test_unpickleable_result'() {
    await using pool = new Pool(2);
    for (let i = 0; i < 20; i++) {
      const error: unknown = await pool.apply(unsendable).catch((problem: unknown) => problem);
      assert.ok(error instanceof MaybeEncodingError);
      assert.ok(error.exc.length > 0 && error.value.length > 0);
    }
  },
  async 'WithProcessesTestPoolWorkerLifetime.test_pool_worker_lifetime'() {
    const pool = new Pool({ processes: 2, maxtasksperchild: 3 });
    await pool.ready();
    const before = [...pool.pids];
    const all = numbers(12).map((n) => pool.applyAsync(sqr, [n]));
    assert.deepEqual(await Promise.all(all.map((result) => result.get())), squares(12));
    await pool.ready();
    assert.ok(pool.pids.every((worker) => !before.includes(worker)));
    pool.close();
    await pool.join();
  },
  async 'WithProcessesTestPoolWorkerLifetime.test_pool_worker_lifetime_early_close'() {
    const pool = new Pool({ processes: 2, maxtasksperchild: 1 });
    const all = numbers(6).map((n) => pool.applyAsync(slowSqr, [n, 0.05]));
    pool.close();
    await pool.join();
    assert.deepEqual(await Promise.all(all.map((result) => result.get())), squares(6));
  },
  'WithProcessesTestPoolWorkerLifetime.test_pool_maxtasksperchild_invalid'() {
    for (const maxtasksperchild of [0, -1, 0.5, '12'] as number[])
      assert.throws(() => new Pool({ processes: 1, maxtasksperchild }), { name: 'ValueError' });
  },
  async 'TestInitializers.test_pool_initializer'() {
    assert.throws(() => new Pool({ initializer: 1 as never }), TypeError);
    const pool = new Pool({ processes: 1, initializer: begin, initargs: [1] });
    assert.equal(await pool.apply(begun), 1);
    pool.close();
    await pool.join();
  },
  async 'TestPoolNotLeakOnFailure.test_release_unused_processes'() {
    const pool = new Pool({ processes: 2, initializer: raising });
    assert.equal(await thrown(() => pool.ready()), 'BrokenPoolError');
    pool.terminate();
    await pool.join();
    assert.deepEqual(pool.pids, []);
  },
};

if (isMain(import.meta)) {
  void (async () => {
    const pool = new Pool(4);
    for (const [name, body] of Object.entries(common))
      await check(`WithProcessesTestPool.${name}`, () => body(pool));
    for (const [name, body] of Object.entries(own))
      await check(`WithProcessesTestPool.${name}`, () => body(pool));
    pool.terminate();
    const proxy = await (await theManager()).Pool(4);
    const { test_map_unplicklable: _, test_map_chunksize: __, ...remote } = common;
    for (const [name, body] of Object.entries(remote))
      await check(`WithManagerTestPool.${name}`, () => body(proxy));
    for (const [name, body] of Object.entries(alone)) await check(name, body);
    await finish();
  })();
}
