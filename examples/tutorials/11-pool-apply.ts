// `apply` waits for each result: ten tasks one after the other, although there are five workers.
import { isMain, Pool } from 'forkscope';
import { sleep } from './support/time.ts';

export async function foo(i: number): Promise<number> {
  await sleep(2);
  console.log('in process', process.pid);
  return i + 100;
}

async function main(): Promise<void> {
  await using pool = await Pool.create(5);
  for (let i = 0; i < 10; i++) await pool.apply(foo, [i]);
  console.log('end');
  pool.close();
  await pool.join();
}

if (isMain(import.meta)) void main();
