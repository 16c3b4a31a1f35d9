// certain
// Main stands in spawnSync of a client of a daemon, which asks main before it answers; or which takes its time.
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';

const [, self, role, how] = process.argv;
if (role === 'daemon') {
  const server = net.createServer((socket) => {
    server.close();
    const answer = (text) => socket.end(text, () => process.disconnect());
    process.on('message', answer);
    if (how === 'fine') setTimeout(answer, 3000, 'done');
    else socket.once('data', () => process.send('may I?'));
  });
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
} else if (role === 'client') {
  const socket = net.connect(Number(how), '127.0.0.1'); // named
  socket.write('work');
  console.log(String(await once(socket, 'data')));
} else {
  const daemon = fork(self, ['daemon', role]);
  const [port] = await once(daemon, 'message');
  daemon.on('message', () => daemon.send('yes'));
  spawnSync(process.execPath, [self, 'client', String(port)], { stdio: 'inherit' }); // named
}
