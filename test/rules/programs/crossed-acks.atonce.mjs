// certain; fires
// A parent and its child ask each other at once, and each waits for its own answer before it serves; or serves after a while.
import { fork } from 'node:child_process';
import { once } from 'node:events';

const [, self, role, how] = process.argv;
const peer = role === 'child' ? process : fork(self, ['child', role]);
peer.send('question'); // named
let served = false;
for (let answered = false; !answered || !served; ) {
  const [message] = await once(peer, 'message');
  if (message === 'answer') answered = true;
  else if (role === 'fine' || how === 'fine') setTimeout(() => peer.send('answer'), 3000);
  if (message === 'question') served = role === 'fine' || how === 'fine';
}
if (role === 'child') setTimeout(() => process.disconnect(), 500);
