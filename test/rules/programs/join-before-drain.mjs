// certain
// Main joins a child that fills a bounded queue, and reads it only then; or reads it first, slowly.
import { setTimeout as sleep } from 'node:timers/promises';
import { isMain, Process, Queue } from 'forkscope';

export async function fill(queue) {
  for (let i = 0; i < 6; i++) await queue.put(i); // named
}

if (isMain(import.meta)) {
  const queue = new Queue({ maxsize: 2 });
  const child = new Process({ target: fill, args: [queue] });
  await child.start();
  const read = async () => {
    for (let i = 0; i < 6; i++) {
      await sleep(i === 1 ? 3000 : 0);
      await queue.get();
    }
  };
  if (process.argv[2] === 'fine') await read();
  await child.join(); // named
}
