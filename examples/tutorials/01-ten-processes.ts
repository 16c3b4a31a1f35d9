// Ten processes run side by side; their lines come in any order.
import { isMain, Process } from 'forkscope';
import { sleep } from './support/time.ts';

export async function run(name: string): Promise<void> {
  await sleep(2);
  console.log('hello', name);
}

async function main(): Promise<void> {
  const processes = Array.from({ length: 10 }, (_, i) => new Process({ target: run, args: [`QQ${i}`] }));
  for (const p of processes) await p.start();
  for (const p of processes) await p.join();
}

if (isMain(import.meta)) void main();
