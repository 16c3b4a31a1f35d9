// certain
// A process takes a lock that it has; or one that is made for that.
import { setTimeout as sleep } from 'node:timers/promises';
import { isMain, Lock, RLock } from 'forkscope';

async function write(lock) {
  await lock.acquire(); // named
  await sleep(3000);
  lock.release();
}

if (isMain(import.meta)) {
  const lock = process.argv[2] === 'fault' ? new Lock() : new RLock();
  await lock.acquire(); // named
  await write(lock);
  lock.release();
}
