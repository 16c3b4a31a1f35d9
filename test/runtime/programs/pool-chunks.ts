// How map cuts its items into tasks, as the pool publishes them.
import { subscribe } from 'node:diagnostics_channel';
import { isMain, Pool } from 'forkscope';
import { tell } from './tell.ts';

export const same = (x: number): number => x;

async function main(): Promise<void> {
  let tasks = 0;
  subscribe('forkscope:submit', () => {
    tasks++;
  });
  await using pool = new Pool(2);
  const sizes: number[] = [];
  for (const [length, chunksize] of [[100], [7], [5, 1], [6, { chunksize: 3 }]] as const) {
    tasks = 0;
    await pool.map(
      same,
      Array.from({ length: length ?? 0 }, (_, i) => i),
      chunksize,
    );
    sizes.push(Math.ceil((length ?? 0) / tasks));
  }
  tell({ 116: sizes });
  const problem: unknown = await pool.apply(same, 5 as never).catch((error: unknown) => error);
  tell({ args: (problem as Error).message });
}

if (isMain(import.meta)) void main();
