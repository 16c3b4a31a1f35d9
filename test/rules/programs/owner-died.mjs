// certain
// A process was killed while it had a place of a semaphore; or it gives it back late.
import { setTimeout as sleep } from 'node:timers/promises';
import { Event, isMain, Process, Semaphore } from 'forkscope';

export async function hold(places, taken, how) {
  await places.acquire(); // named
  taken.set();
  if (how === 'fault') process.kill(process.pid, 'SIGKILL');
  await sleep(3000);
  places.release();
}

if (isMain(import.meta)) {
  const [places, taken] = [new Semaphore({ value: 1 }), new Event()];
  const holder = new Process({ target: hold, args: [places, taken, process.argv[2]] });
  await holder.start();
  await taken.wait();
  await places.acquire(); // named
  await holder.join();
}
