// certain
// The main thread sleeps until a worker wakes it. The worker fails before that, or takes its time.
import { isMainThread, Worker, workerData } from 'node:worker_threads';

if (isMainThread) {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(process.argv[1], { workerData: { shared, how: process.argv[2] } });
  worker.on('error', ({ message }) => console.log(message));
  Atomics.wait(shared, 0, 0); // named
} else {
  if (workerData.how === 'fault') throw new Error('no configuration');
  setTimeout(() => {
    Atomics.store(workerData.shared, 0, 1);
    Atomics.notify(workerData.shared, 0);
  }, 3000);
}
