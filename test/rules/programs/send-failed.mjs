// suspected
// The answer of a worker cannot be sent, and that is only logged; or an answer without it comes later.
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

if (isMainThread) {
  const worker = new Worker(process.argv[1], { workerData: process.argv[2] });
  worker.postMessage('is it valid?'); // named
  console.log(await once(worker, 'message'));
  await worker.terminate();
} else {
  parentPort.on('message', () => {
    try {
      parentPort.postMessage({ valid: false, rule: (age) => age > 17 }); // named
    } catch ({ message }) {
      console.log(message);
      if (workerData === 'fine') setTimeout(() => parentPort.postMessage({ valid: false }), 3000);
    }
  });
}
