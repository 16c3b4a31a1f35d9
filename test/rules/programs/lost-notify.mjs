// certain
// Everybody waits for an event that nobody is left to set; or it is set late.
import { setTimeout as sleep } from 'node:timers/promises';
import { Event, isMain, Process } from 'forkscope';

export async function use(ready) {
  await ready.wait(); // named
}

if (isMain(import.meta)) {
  const ready = new Event();
  const user = new Process({ target: use, args: [ready] });
  await user.start();
  if (process.argv[2] === 'fine') {
    await sleep(3000);
    ready.set();
  }
  await user.join(); // named
}
