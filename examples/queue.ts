// Two processes write URLs into a queue; a third reads without end, so it is terminated when the writers are done.
import { isMain, Process, Queue } from 'forkscope';

export async function write(queue: Queue<string>, urls: readonly string[]): Promise<void> {
  for (const url of urls) {
    await queue.put(url);
    console.log(`Put ${url} to queue...`);
  }
}

export async function read(queue: Queue<string>, seen: Queue<number>): Promise<void> {
  for await (const url of queue) {
    console.log(`Get ${url} from queue.`);
    await seen.put(1);
  }
}

async function main(): Promise<void> {
  const queue = new Queue<string>({ name: 'urls' });
  const seen = new Queue<number>({ name: 'seen' });
  const first = new Process({ target: write, args: [queue, ['url_1', 'url_2', 'url_3']], name: 'writer-1' });
  const second = new Process({ target: write, args: [queue, ['url_4', 'url_5', 'url_6']], name: 'writer-2' });
  const reader = new Process({ target: read, args: [queue, seen], name: 'reader' });
  await Promise.all([first.start(), second.start(), reader.start()]);
  await Promise.all([first.join(), second.join()]);
  for (let count = 0; count < 6; count++) await seen.get();
  reader.terminate();
  await reader.join();
  console.log(`reader ended with ${reader.exitCode}`);
}

if (isMain(import.meta)) void main();
