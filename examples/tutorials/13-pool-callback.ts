// A callback gets the result, in the parent's process.
import { isMain, Pool } from 'forkscope';
import { sleep } from './support/time.ts';

export async function foo(_i: number): Promise<void> {
  await sleep(2);
  console.log('in process', process.pid);
}

function bar(arg: unknown): void {
  console.log('-->exec done:', arg, process.pid);
}

async function main(): Promise<void> {
  const pool = await Pool.create(2);
  console.log('主进程', process.pid);
  for (let i = 0; i < 3; i++) pool.applyAsync(foo, [i], { callback: bar });
  console.log('end');
  pool.close();
  await pool.join();
}

if (isMain(import.meta)) void main();
