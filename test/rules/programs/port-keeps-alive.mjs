// certain
// A worker that has done its work is left alone, or terminated after a while.
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

if (isMainThread) {
  const worker = new Worker(process.argv[1]); // named
  worker.once('message', (message) => {
    console.log(message);
    if (process.argv[2] === 'fine') setTimeout(() => worker.terminate(), 3000);
  });
  worker.postMessage('work');
} else {
  parentPort.on('message', () => parentPort.postMessage('done')); // named
}
