// Opens 10,000 sockets (both ends of 5,000 connections), sends a line over each and back, rests for a second with all of
// them open, so that what keeps the loop alive is looked at, and closes them; prints the ms of processor time that it took.
// The process needs 10,100 open files (`ulimit -n`).
const net = require('node:net');
const CONNECTIONS = 5_000;
/** So many are being opened at a time: more would meet the limit of the system's queue of connections. */
const AT_ONCE = 100;
const REST_MS = 1_000;

const server = net.createServer((socket) => socket.pipe(socket));
const open = () =>
  new Promise((resolve, reject) => {
    const socket = net.connect(server.address().port, '127.0.0.1', () => socket.write('line\n'));
    socket.once('error', reject);
    socket.once('data', () => resolve(socket));
  });

server.listen(0, '127.0.0.1', async () => {
  const start = process.cpuUsage();
  const sockets = [];
  while (sockets.length < CONNECTIONS) {
    sockets.push(...(await Promise.all(Array.from({ length: AT_ONCE }, open))));
  }
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  for (const socket of sockets) socket.end();
  server.close(() => {
    const { user, system } = process.cpuUsage(start);
    console.log((user + system) / 1000);
  });
});
