// suspected
// A worker is told to disconnect while a client keeps a connection to it, for ever or for a while.
import cluster from 'node:cluster';
import { once } from 'node:events';
import net from 'node:net';

if (cluster.isPrimary) {
  const worker = cluster.fork();
  const [{ port }] = await once(worker, 'listening');
  const client = net.connect(port, '127.0.0.1');
  await once(worker, 'message');
  worker.disconnect(); // named
  if (process.argv[2] === 'fine') setTimeout(() => client.destroy(), 3000);
  await once(worker, 'exit');
} else {
  net.createServer(() => process.send('connected')).listen(0, '127.0.0.1');
}
