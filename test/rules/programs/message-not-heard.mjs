// suspected
// A worker serves, but does not listen for what main asks it: not at all, or not yet.
import { once } from 'node:events';
import net from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

if (isMainThread) {
  const worker = new Worker(process.argv[1], { workerData: process.argv[2] });
  await once(worker, 'message');
  worker.postMessage('price of bread?'); // named
  console.log(await once(worker, 'message'));
} else {
  const server = net.createServer().listen(0, '127.0.0.1', () => parentPort.postMessage('up'));
  const listen = () =>
    parentPort.once('message', () => {
      parentPort.postMessage(3);
      server.close();
    });
  if (workerData === 'fine') setTimeout(listen, 3000);
}
