// certain; fires
// Both ends of two channels are in one thread, which listens and never closes them, or does after a while.
import { MessageChannel } from 'node:worker_threads';

const used = new MessageChannel(); // named
used.port1.on('message', (message) => console.log(message)); // named
used.port2.postMessage('the only one');
const unused = new MessageChannel(); // named
unused.port2.on('message', () => {});
if (process.argv[2] === 'fine')
  setTimeout(() => {
    used.port2.close();
    unused.port2.close();
  }, 3000);
