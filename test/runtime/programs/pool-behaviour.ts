// What a pool does, row by row of the list of behaviours. Facts are named after them.
import { currentProcess, isMain, Pool, Queue, Semaphore } from 'forkscope';
import { outcome, settled, sleep, tell, until } from './tell.ts';

export const square = (x: number): number => x * x;
export const join = (...parts: unknown[]): string => JSON.stringify(parts);
export const product = (x: number, y: number): number => x * y;
export const who = (): unknown => [process.pid, currentProcess().daemon, currentProcess().name];
export function fail(what: string): never {
  throw new RangeError(`failed: ${what}`);
}
export async function slowly(seconds: number, value: unknown = seconds): Promise<unknown> {
  await sleep(seconds * 1000);
  return value;
}
export async function failOrWait(i: number): Promise<number> {
  if (i === 1) throw new RangeError('one');
  await sleep(300);
  return i;
}
export const unsendable = (): unknown => () => 1;
export async function log(queue: Queue<[number, number]>, i: number): Promise<void> {
  await queue.put([i, process.pid]);
  await sleep(10);
}
let prepared = 'nothing';
let times = 0;
export function prepare(what: string): void {
  prepared = what;
  times++;
}
export const preparedBy = (): unknown => [prepared, times];
export function startNoWorker(): void {
  throw new Error('cannot start');
}
export const nap = (gate: Semaphore): boolean => gate.acquireSync();

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
async function listed<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}
function* failingAt(total: number, at: number): Generator<number, void, void> {
  for (const i of numbers(total)) {
    if (i === at) throw new Error('the source failed');
    yield i;
  }
}

async function calls(pool: Pool): Promise<void> {
  tell({
    113: [await pool.apply(join, [1, 'a']), await pool.apply(join, [1], { k: 2 })],
    114: [
      (await pool.map(square, numbers(10))).join() === numbers(10).map(square).join(),
      (await pool.map(square, numbers(100), 20)).join() === numbers(100).map(square).join(),
    ],
    115: [
      await pool.starmap(product, [
        [2, 3],
        [4, 5],
      ]),
      await pool.starmapAsync(product, [[6, 7]]).get(),
    ],
    135: await pool.apply(who),
  });
  const lists: unknown[] = [];
  const errors: unknown[] = [];
  await pool.mapAsync(square, numbers(5), { callback: (list) => lists.push(list) }).wait();
  await pool.mapAsync(fail, ['map'], { errorCallback: (error) => errors.push(String(error)) }).wait();
  tell({ 117: { lists, errors } });
  let at = 0;
  await pool.applyAsync(square, [2], { callback: () => (at = process.pid) }).get();
  tell({ 118: at === process.pid });
}

async function results(pool: Pool): Promise<void> {
  let called: unknown;
  const failed = pool.applyAsync(fail, ['x'], { errorCallback: (error) => (called = error) });
  const names = [
    await settled(() => failed.get()),
    await settled(() => failed.get()),
    (called as Error).name,
  ];
  const error = await failed.get().then(String, (reason: Error) => reason);
  const gate = new Semaphore(0);
  const pending = pool.applyAsync(nap, [gate]);
  const states = [
    pending.ready(),
    outcome(() => pending.successful()),
    await settled(() => pending.get(0.05)),
  ];
  await pending.wait(0.01);
  states.push(pending.ready());
  gate.release();
  states.push(await pending.get(), pending.ready(), pending.successful(), failed.successful());
  const { cause } = error as Error;
  tell({
    119: names,
    // 121: the timeout of get() above did not cancel the task.
    120: states,
    122: [(cause as Error).name, /at fail .*pool-behaviour/.test((cause as Error).stack ?? '')],
  });
}

async function failures(pool: Pool): Promise<void> {
  const begin = performance.now();
  const first = await settled(() => pool.map(failOrWait, numbers(4), 1));
  tell({ 123: [first, performance.now() - begin >= 290] });
  tell({
    124: [
      await settled(() => pool.apply(join, [() => 1])),
      await settled(() => pool.map(join, [1, () => 1], 1)),
      await pool.apply(square, [3]),
    ],
  });
  const pids = new Set<number>(pool.pids);
  const encoding: unknown[] = [];
  for (let i = 0; i < 20; i++) encoding.push(await settled(() => pool.apply(unsendable)));
  const told = await pool
    .apply(unsendable)
    .catch((error: { exc: string; value: string }) => [error.exc, error.value]);
  tell({ 125: [[...new Set(encoding)], pool.pids.every((pid) => pids.has(pid)), told] });
  const prefix: number[] = [];
  const broken = await settled(async () => {
    for await (const value of pool.imap(square, failingAt(20, 7), 2)) prefix.push(value);
  });
  const unordered: number[] = [];
  await settled(async () => {
    for await (const value of pool.imapUnordered(square, failingAt(10, 3))) unordered.push(value);
  });
  tell({
    126: [
      await settled(() => pool.map(square, failingAt(10, 3))),
      broken,
      prefix,
      unordered.sort((a, b) => a - b),
    ],
  });
}

async function iterators(pool: Pool): Promise<void> {
  const values = pool.imap(slowly, [0.4]);
  const late = await settled(() => values.next(0.02));
  const rest = [await values.next(), await values.next()];
  const thousand = await listed(pool.imap(square, numbers(1000), 7));
  tell({
    127: [
      (await listed(pool.imap(square, numbers(10)))).join() === numbers(10).map(square).join(),
      thousand.join() === numbers(1000).map(square).join(),
      late,
      rest,
    ],
    128:
      (await listed(pool.imapUnordered(square, numbers(100), 3))).sort((a, b) => a - b).join() ===
      numbers(100).map(square).join(),
    129: [
      await pool.map(square, []),
      await listed(pool.imap(square, [])),
      await listed(pool.imapUnordered(square, [])),
      await pool.mapAsync(square, []).get(),
    ],
    130: await pool.mapAsync(square, [], { chunksize: 1 }).get(10),
  });
}

async function order(): Promise<void> {
  const queue = new Queue<[number, number]>();
  await using pool = await Pool.create(3);
  await Promise.all(numbers(30).map((i) => pool.apply(log, [queue, i])));
  const seen = numbers(30).map(() => queue.getNowait());
  // Of two workers one may stand still for long, so only the order of each one's own tasks tells.
  const last = new Map<number, number>();
  const late = seen.filter(([i, pid]) => {
    const before = last.get(pid) ?? -1;
    last.set(pid, i);
    return i < before;
  });
  tell({ 136: [late, last.size] });
}

async function lifetimes(): Promise<void> {
  const pool = new Pool({ processes: 2, maxtasksperchild: 1, initializer: prepare, initargs: ['well'] });
  const tasks = numbers(6).map(() => pool.applyAsync(who));
  const ready = pool.applyAsync(preparedBy);
  pool.close();
  await pool.join();
  const pids = await Promise.all(tasks.map(async (one) => ((await one.get()) as unknown[])[0]));
  tell({ 137: new Set(pids).size, 139: await ready.get() });

  const bad = [0, -1, 0.5, '12' as unknown as number].map((maxtasksperchild) =>
    outcome(() => new Pool({ processes: 1, maxtasksperchild })),
  );
  const initializer = 'text' as unknown as () => void;
  tell({ 138: bad, '139b': outcome(() => new Pool({ processes: 1, initializer })) });
  tell({ 131: [outcome(() => new Pool(0)), outcome(() => new Pool(-1)), outcome(() => new Pool(1.5))] });
}

async function phases(): Promise<void> {
  const pool = new Pool(2);
  const early = await settled(() => pool.join());
  for (const _ of numbers(10_000)) pool.applyAsync(slowly, [10]);
  await until(() => pool.pids.every((pid) => pid > 0), 'workers');
  const begin = performance.now();
  pool.terminate();
  await pool.join();
  tell({
    132: performance.now() - begin < 20_000,
    134: [early, outcome(() => pool.applyAsync(square, [1]))],
  });

  const closed = new Pool(1);
  closed.close();
  const refused = outcome(() => closed.applyAsync(square, [1]));
  await closed.join();
  const { used, message } = await scoped();
  tell({ '134b': refused, 133: [outcome(() => used.applyAsync(square, [1])), message] });
}

async function scoped(): Promise<{ used: Pool; message: string }> {
  let used: Pool;
  {
    await using pool = new Pool(1);
    used = pool;
    await pool.apply(square, [1]);
  }
  const message = await used.map(square, [1]).catch((error: Error) => error.message);
  return { used, message: String(message) };
}

if (isMain(import.meta)) {
  void (async () => {
    {
      await using pool = await Pool.create(2);
      await calls(pool);
      await results(pool);
      await failures(pool);
      await iterators(pool);
    }
    await order();
    await lifetimes();
    await phases();
  })();
}
