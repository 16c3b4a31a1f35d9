// certain
// Two processes take two locks in both orders, and this time one after the other; or in one order.
import { Event, isMain, Lock, Process } from 'forkscope';

export async function take(first, second, before, done, over) {
  await before.wait();
  await first.acquire();
  await second.acquire(); // named
  second.release();
  first.release();
  done.set();
  await over.wait();
}

if (isMain(import.meta)) {
  const [a, b] = [new Lock(), new Lock()];
  const [now, next, over] = [new Event(), new Event(), new Event()];
  now.set();
  const [x, y] = process.argv[2] === 'fault' ? [b, a] : [a, b];
  const both = [
    new Process({ target: take, args: [a, b, now, next, over] }),
    new Process({ target: take, args: [x, y, next, over, over] }),
  ];
  for (const one of both) await one.start();
  for (const one of both) await one.join();
}
