// A pool with very many results at a time, and one whose workers are deaf when it is terminated.
import { Event, isMain, Pool } from 'forkscope';
import { settled, tell } from './tell.ts';

const MANY = 200_000;

export const double = (n: number): number => n * 2;
export function compute(begun: Event): void {
  process.on('SIGTERM', () => process.exit(7));
  begun.set();
  for (;;);
}

async function many(): Promise<void> {
  await using pool = new Pool(2);
  const results = Array.from({ length: MANY }, (_, i) => pool.applyAsync(double, [i]));
  let sum = 0;
  for (const result of results) sum += await result.get();
  tell({ sum: sum === MANY * (MANY - 1) });
}

async function deaf(): Promise<void> {
  const pool = new Pool(1);
  const begun = new Event();
  const result = pool.applyAsync(compute, [begun]);
  await begun.wait();
  pool.terminate();
  await pool.join();
  tell({ deaf: await settled(() => result.get()) });
}

if (isMain(import.meta)) {
  void (async () => {
    await many();
    await deaf();
  })();
}
