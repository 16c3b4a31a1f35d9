// A queue between two tasks of one process: `queue.Queue`, not for processes.
import { isMain, queue } from 'forkscope';

type Item = [number, null, string];

async function f(q: queue.Queue<Item>): Promise<void> {
  await q.put([66, null, 'hello word']);
}

async function main(): Promise<void> {
  const q = new queue.Queue<Item>();
  const task = f(q);
  console.log(await q.get());
  await task;
}

if (isMain(import.meta)) void main();
