// A worker thread posts 100,000 messages; prints the ms from the first call until the main thread has the last.
const { Worker, isMainThread, parentPort } = require('node:worker_threads');
const MESSAGES = 100_000;
if (isMainThread) {
  const worker = new Worker(__filename);
  let start = 0;
  let received = 0;
  worker.once('online', () => {
    start = performance.now();
    worker.postMessage('go');
  });
  worker.on('message', () => {
    if (++received === MESSAGES) console.log(performance.now() - start);
  });
} else {
  parentPort.once('message', () => {
    let sent = 0;
    const some = () => {
      for (let i = 0; i < 1000 && sent < MESSAGES; i++)
        parentPort.postMessage({ i: sent++, text: 'message' });
      if (sent < MESSAGES) setImmediate(some);
    };
    some();
  });
}
