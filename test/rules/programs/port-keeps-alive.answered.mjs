// certain; fires
// A worker says that it is there, and answers each question; both go on listening after the last answer, or main ends it.
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

if (isMainThread) {
  const questions = [1, 2, 3];
  const worker = new Worker(process.argv[1]); // named
  worker.on('message', () => {
    const question = questions.shift();
    if (question !== undefined) worker.postMessage(question);
    else if (process.argv[2] === 'fine') setTimeout(() => worker.terminate(), 3000);
  });
} else {
  parentPort.postMessage('ready');
  parentPort.on('message', (question) => parentPort.postMessage(question * 2)); // named
}
