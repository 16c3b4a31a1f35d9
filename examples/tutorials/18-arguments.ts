// What a child sees: its arguments, and the module as the file says, not as main has changed it since.
import { isMain, Process } from 'forkscope';
import { sleep } from './support/time.ts';

let a = 10;

export async function worker(seconds: number): Promise<void> {
  console.log(a);
  await sleep(seconds);
  console.log('worker ......');
  console.log(a);
}

async function main(): Promise<void> {
  const p = new Process({ name: 'child', target: worker, args: [5] });
  await p.start();
  console.log(p.pid);
  console.log(p.name);
  console.log(p.isAlive());
  a = 100000;
  await p.join();
  console.log('************main****************');
  await worker(1);
}

if (isMain(import.meta)) void main();
