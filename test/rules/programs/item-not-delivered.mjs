// certain
// An item cannot be sent, its error is dropped, and the consumer waits for it; or a later one comes.
import { setTimeout as sleep } from 'node:timers/promises';
import { isMain, Process, Queue } from 'forkscope';

export async function consume(queue) {
  await queue.get(); // named
}

if (isMain(import.meta)) {
  const queue = new Queue();
  const child = new Process({ target: consume, args: [queue] });
  await child.start();
  await queue.put({ run: () => 1 }).catch(() => undefined); // named
  if (process.argv[2] === 'fine') {
    await sleep(3000);
    await queue.put({ run: 'one' });
  }
  await child.join();
}
