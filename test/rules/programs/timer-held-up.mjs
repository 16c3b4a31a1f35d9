// certain
// A worker leaves something to a timer and sleeps then: until it is woken, or for a while.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

if (isMainThread) {
  const worker = new Worker(process.argv[1], { workerData: process.argv[2] });
  worker.on('message', () => setTimeout(() => {}, process.argv[2] === 'fine' ? 0 : 100_000));
} else {
  parentPort.postMessage('sleeps');
  setTimeout(() => console.log('late'), 1000); // named
  const shared = new Int32Array(new SharedArrayBuffer(4));
  setImmediate(() => Atomics.wait(shared, 0, 0, workerData === 'fine' ? 4000 : undefined)); // named
}
