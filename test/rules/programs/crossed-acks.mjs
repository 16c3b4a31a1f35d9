// certain
// To answer, a child asks its parent something, which serves one at a time: after its own answer, or after a while.
import { fork } from 'node:child_process';

if (process.argv[2] === 'child') {
  process.on('message', (message) => {
    if (message === 'question')
      process.send('may I?'); // named
    else process.send('answer', () => process.disconnect());
  });
} else {
  const child = fork(process.argv[1], ['child']); // named
  let busy = true;
  child.on('message', (message) => {
    if (message === 'answer') busy = false;
    else if (process.argv[2] === 'fine') setTimeout(() => child.send('yes'), 3000);
    if (message === 'may I?' && !busy) child.send('yes');
  });
  child.send('question');
}
