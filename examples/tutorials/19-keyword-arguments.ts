// Named arguments arrive as one object. Only the last child is joined; the others are waited for at exit.
import { isMain, Process } from 'forkscope';
import { sleep } from './support/time.ts';

let a = 100;

export async function worker({ sec, msg }: { sec: number; msg: string }): Promise<void> {
  console.log(a);
  await sleep(sec);
  console.log(`${process.ppid} ------- ${process.pid}\n${msg}\n${a}`);
}

async function main(): Promise<void> {
  let p: Process<typeof worker> | undefined;
  for (let i = 0; i < 5; i++) {
    p = new Process({ name: `Child${i}`, target: worker, kwargs: { sec: 2, msg: 'child process' } });
    await p.start();
  }
  await sleep(1);
  a = 100000;
  await p?.join();
}

if (isMain(import.meta)) void main();
