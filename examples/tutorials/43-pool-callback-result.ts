// Ten tasks on five workers; the callback gets each return value, in the parent.
import { isMain, Pool } from 'forkscope';
import { sleep } from './support/time.ts';

export async function foo(_i: number): Promise<string> {
  await sleep(2);
  console.log('进程:', process.pid);
  return 'ok';
}

function bar(arg: string): void {
  console.log('-->该子进程执行完毕:', arg, process.pid);
}

async function main(): Promise<void> {
  console.log('父进程:', process.pid);
  const pool = await Pool.create(5);
  for (let i = 0; i < 10; i++) pool.applyAsync(foo, [i], { callback: bar });
  pool.close();
  await pool.join();
}

if (isMain(import.meta)) void main();
