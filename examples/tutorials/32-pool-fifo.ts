// Ten tasks for four workers: they are started first in, first out.
import { isMain, Pool } from 'forkscope';
import { sleep } from './support/time.ts';

export async function task(name: number): Promise<void> {
  console.log(`子进程 (${process.pid})执行的任务是 (${name})`);
  await sleep(1);
}

async function main(): Promise<void> {
  console.log(`父进程 (${process.pid})开始执行`);
  const p = await Pool.create(4);
  for (let i = 0; i < 10; i++) p.applyAsync(task, [i]);
  p.close();
  await p.join();
  console.log('所有子进程结束.....');
}

if (isMain(import.meta)) void main();
