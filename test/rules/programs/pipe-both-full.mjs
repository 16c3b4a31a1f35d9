// certain
// Two bounded queues in a circle are both full; or one end takes what comes.
import { setTimeout as sleep } from 'node:timers/promises';
import { isMain, Process, Queue } from 'forkscope';

const COUNT = 9;

export async function echo(to, from) {
  for (let i = 0; i < COUNT; i++) {
    const item = await to.get();
    await from.put(item); // named
  }
}

if (isMain(import.meta)) {
  const [to, from] = [new Queue({ maxsize: 2 }), new Queue({ maxsize: 2 })];
  const child = new Process({ target: echo, args: [to, from] });
  await child.start();
  for (let i = 0; i < COUNT; i++) {
    await to.put(i); // named
    if (process.argv[2] === 'fine') {
      await sleep(i === 3 ? 3000 : 0);
      await from.get();
    }
  }
  await child.join();
}
