// Two writers, one endless reader that is terminated when all has been read.
import { isMain, JoinableQueue, Process } from 'forkscope';
import { randomInt, sleep } from './support/time.ts';

export async function procWrite(q: JoinableQueue<string>, urls: string[]): Promise<void> {
  console.log(`Process(${process.pid}) is writing...`);
  for (const url of urls) {
    await q.put(url);
    console.log(`Put ${url} to queue...`);
    await sleep(randomInt(0, 10) / 10);
  }
}

export async function procRead(q: JoinableQueue<string>): Promise<void> {
  console.log(`Process(${process.pid}) is reading...`);
  for (;;) {
    console.log(`Get ${await q.get()} from queue.`);
    q.taskDone();
  }
}

async function main(): Promise<void> {
  const q = new JoinableQueue<string>();
  const writer1 = new Process({ target: procWrite, args: [q, ['url_1', 'url_2', 'url_3']] });
  const writer2 = new Process({ target: procWrite, args: [q, ['url_4', 'url_5', 'url_6']] });
  const reader = new Process({ target: procRead, args: [q] });
  await writer1.start();
  await writer2.start();
  await reader.start();
  await writer1.join();
  await writer2.join();
  await q.join();
  reader.terminate();
  await reader.join();
  console.error('reader exit code', reader.exitCode);
}

if (isMain(import.meta)) void main();
