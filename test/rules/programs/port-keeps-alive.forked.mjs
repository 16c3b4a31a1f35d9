// certain; fires
// The same of a child process: its channel is what keeps both, until the parent disconnects it.
import { fork } from 'node:child_process';

if (process.argv[2] === 'child') {
  process.on('message', (question) => process.send(question * 2));
} else {
  const child = fork(process.argv[1], ['child']); // named
  child.on('message', () => {
    if (process.argv[2] === 'fine') setTimeout(() => child.disconnect(), 3000);
  });
  child.send(2);
}
