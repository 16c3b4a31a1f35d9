// Start all, then join all.
import { isMain, Process } from 'forkscope';
import { sleep } from './support/time.ts';

export async function func(_name: number): Promise<void> {
  console.log('start a process');
  await sleep(3);
  console.log('the process parent id :', process.ppid);
  console.log('the process id is :', process.pid);
}

async function main(): Promise<void> {
  const processes = [0, 1].map((i) => new Process({ target: func, args: [i] }));
  for (const p of processes) await p.start();
  console.log('start all process');
  for (const p of processes) await p.join();
  console.log('all sub process is done!');
}

if (isMain(import.meta)) void main();
