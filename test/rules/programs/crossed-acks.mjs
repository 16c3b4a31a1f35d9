// certain
// To answer, a child asks its parent something, which takes nothing but its own answer meanwhile; or serves it after a while.
import { fork } from 'node:child_process';
import { once } from 'node:events';

const [, self, role] = process.argv;
async function ask(peer, question, serve) {
  peer.send(question); // named
  for (;;) {
    const [message] = await once(peer, 'message');
    if (message === 'answer') return;
    if (role === 'fine') setTimeout(serve, 3000);
  }
}

if (role === 'child') {
  await once(process, 'message');
  await ask(process, 'may I?');
  process.send('answer', () => process.disconnect());
} else {
  const child = fork(self, ['child']);
  await ask(child, 'question', () => child.send('answer'));
}
