// certain
// A worker thread ends with a lock, or gives it back after a while.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Lock, open, share } from 'forkscope';

if (isMainThread) {
  const lock = new Lock();
  const worker = new Worker(process.argv[1], { workerData: { lock: share(lock), how: process.argv[2] } });
  await once(worker, process.argv[2] === 'fine' ? 'message' : 'exit');
  await lock.acquire(); // named
  lock.release();
} else {
  const lock = open(workerData.lock);
  await lock.acquire(); // named
  parentPort.postMessage('has it');
  if (workerData.how === 'fine') {
    await sleep(3000);
    lock.release();
  }
}
