// certain
// Main ends, and so joins a child that cannot end before its queue is read; or that ends later by itself.
import { setTimeout as sleep } from 'node:timers/promises';
import { isMain, Process, Queue } from 'forkscope';

export async function fill(queue, how) {
  if (how === 'fine') return sleep(3000);
  for (let i = 0; i < 10; i++) await queue.put(i); // named
}

if (isMain(import.meta)) {
  const queue = new Queue({ maxsize: 2 });
  await new Process({ target: fill, args: [queue, process.argv[2]] }).start();
}
