// What an executor does beside results: cancelling, leaving a map early, executors within executors.
import { currentProcess, Event, isMain, Pool, Process, ProcessPoolExecutor, Queue } from 'forkscope';
import { outcome, settled, tell } from './tell.ts';

export const square = (n: number): number => n * n;
export async function nested(n: number): Promise<number> {
  await using executor = new ProcessPoolExecutor(1);
  return await executor.submit(square, n).result();
}
export async function child(q: Queue<number>): Promise<[number | null, boolean]> {
  const p = new Process({ target: put, args: [q] });
  await p.start();
  await p.join();
  return [p.exitCode, currentProcess().daemon];
}
export const put = (q: Queue<number>): Promise<void> => q.put(4);
export const hold = async (gate: Event, n: number): Promise<number> => {
  await gate.wait();
  return n;
};
export async function count(done: Queue<number>, n: number): Promise<number> {
  await done.put(n);
  return n;
}

async function nesting(): Promise<void> {
  await using executor = new ProcessPoolExecutor(1);
  const q = new Queue<number>();
  const nine = await executor.submit(nested, 3).result();
  tell({ nested: nine, child: [await executor.submit(child, q).result(), q.getSync()] });
  await using pool = new Pool(1);
  tell({ inPool: await settled(() => pool.apply(nested, [3])) });
}

async function cancelling(): Promise<void> {
  const executor = new ProcessPoolExecutor(1);
  const gate = new Event();
  const futures = [0, 1, 2, 3, 4, 5].map((n) => executor.submit(hold, gate, n));
  const told: string[] = [];
  futures.at(-1)?.addDoneCallback((future) => told.push(`told ${future.cancelled()}`));
  const waiting = futures
    .at(-1)
    ?.result()
    .catch((error: Error) => error.name);
  futures.at(-1)?.cancel();
  const ended = executor.shutdown({ cancelFutures: true });
  const early = await Promise.all(futures.slice(3).map((future) => settled(() => future.result())));
  gate.set();
  await ended;
  const rest = await Promise.all(futures.slice(0, 3).map((future) => future.result()));
  tell({ cancelled: [await waiting, told, early, rest] });
}

async function leaving(): Promise<void> {
  const executor = new ProcessPoolExecutor(1);
  const done = new Queue<number>();
  const numbers = Array.from({ length: 500 }, (_, i) => i);
  for await (const _ of executor.map(count, Array<Queue<number>>(500).fill(done), numbers)) break;
  await executor.shutdown();
  tell({ left: done.qsize() < 500 });
  tell({ chunks: [0, -1, 1.5].map((chunksize) => outcome(() => executor.map(square, [1], { chunksize }))) });
}

/** Nobody awaits it, and it is done nevertheless. */
function atExit(): void {
  void new ProcessPoolExecutor(1)
    .submit(square, 8)
    .result()
    .then((value) => tell({ atExit: value }));
}

if (isMain(import.meta)) {
  void (async () => {
    await nesting();
    await cancelling();
    await leaving();
    atExit();
  })();
}
