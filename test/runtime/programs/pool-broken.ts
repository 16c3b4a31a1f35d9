// Pools and executors whose workers die, or never work. Never more than a few processes at a time.
import { isMain, Pool, ProcessPoolExecutor } from 'forkscope';
import { outcome, settled, sleep, tell } from './tell.ts';

export const square = (x: number): number => x * x;
export function die(): void {
  process.kill(process.pid, 'SIGKILL');
}
export async function dieOrNot(i: number): Promise<number> {
  if (i === 2) die();
  await sleep(20);
  return i;
}
export function fail(): never {
  throw new RangeError('nobody asks');
}
export const add = (a: number, b: number): number => a + b;
export async function slowly(seconds: number): Promise<number> {
  await sleep(seconds * 1000);
  return seconds;
}
export function breakDown(): void {
  throw new Error('no worker gets ready');
}
export function endEarly(): void {
  process.exit(3);
}

async function deaths(): Promise<void> {
  await using pool = new Pool(2);
  const mapped = await settled(() => pool.map(dieOrNot, [0, 1, 2, 3], 1));
  const others = await Promise.allSettled([0, 1, 2, 3].map((i) => pool.apply(dieOrNot, [i])));
  tell({ 141: [mapped, others.map((one) => one.status), await pool.apply(square, [7])] });
}

async function starts(): Promise<void> {
  const pool = new Pool({ processes: 2, initializer: breakDown });
  tell({ '140b': [await settled(() => pool.apply(square, [1])), await settled(() => pool.ready())] });
  pool.terminate();
  await pool.join();
  const ending = new Pool({ processes: 2, initializer: endEarly });
  tell({ respawns: await settled(() => ending.apply(square, [1])) });
  ending.terminate();
  await ending.join();
}

async function executor(): Promise<void> {
  const pool = new ProcessPoolExecutor(2);
  const order: number[] = [];
  for await (const value of pool.map(square, [3, 1, 2])) order.push(value);
  const zipped: number[] = [];
  for await (const value of pool.map(add, [1, 2, 3], [10, 20])) zipped.push(value);
  const good = pool.submit(square, 9);
  const bad = pool.submit(fail);
  const states = [
    await good.result(),
    await good.exception(),
    ((await bad.exception()) as Error).name,
    good.done(),
  ];
  const timed = pool.map(slowly, [0, 5], { timeout: 0.3 });
  const in143: unknown[] = [(await timed.next()).value, await settled(() => timed.next())];
  tell({ 142: [order, zipped, states], 143: in143 });
  const futures = [pool.submit(slowly, 30), pool.submit(die), pool.submit(slowly, 30)];
  const broken: unknown[] = [];
  for (const future of futures) broken.push(await settled(() => future.result()));
  tell({ '142b': [broken, await settled(async () => await pool.submit(square, 1).result())] });
  await settled(() => pool.shutdown());
  tell({ '142c': outcome(() => pool.submit(square, 1)) });

  const one = new ProcessPoolExecutor(1);
  const many = Array.from({ length: 12 }, () => one.submit(slowly, 0.01));
  tell({ cancelled: [many.at(-1)?.cancel(), await settled(async () => await many.at(-1)?.result())] });
  await one.shutdown();
  tell({
    finished: many.slice(0, -1).every((future) => future.done()),
    size: outcome(() => new ProcessPoolExecutor(0)),
    '142d': outcome(() => one.submit(square, 1)),
  });
}

async function unfetched(): Promise<void> {
  const pool = new Pool(1);
  pool.applyAsync(fail);
  pool.close();
  await pool.join();
}

if (isMain(import.meta)) {
  void (async () => {
    await deaths();
    await starts();
    await executor();
    await unfetched();
  })();
}
