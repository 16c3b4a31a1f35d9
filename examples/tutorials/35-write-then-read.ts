// One process writes five values, then another reads while the queue is not empty.
import { isMain, Process, Queue } from 'forkscope';
import { sleep } from './support/time.ts';

const center = (text: string, width: number): string => {
  const left = Math.floor((width - text.length) / 2);
  return '*'.repeat(left) + text + '*'.repeat(width - text.length - left);
};

export async function write(q: Queue<number>): Promise<void> {
  for (let i = 0; i < 5; i++) {
    if (q.full()) break;
    await q.put(i);
    console.log(`写入 ${i}`);
  }
}

export async function read(q: Queue<number>): Promise<void> {
  await sleep(1);
  while (!q.empty()) console.log(`读取 ${await q.get({ timeout: 2 })}`);
}

async function main(): Promise<void> {
  console.log(center('start', 100));
  const q = new Queue<number>();
  const writer = new Process({ target: write, args: [q] });
  const reader = new Process({ target: read, args: [q] });
  await writer.start();
  await writer.join();
  await reader.start();
  await reader.join();
  console.log(center('end', 100));
}

if (isMain(import.meta)) void main();
