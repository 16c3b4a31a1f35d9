// certain
// The parent waits for the end of a child, which has done its work and still listens.
import { fork } from 'node:child_process';

if (process.argv[2] === 'child') {
  process.on('message', () => process.send('done'));
} else {
  const child = fork(process.argv[1], ['child']); // named
  child.on('message', () => {
    if (process.argv[2] === 'fine') setTimeout(() => child.disconnect(), 3000);
  });
  child.on('exit', () => console.log('done'));
  child.send('work');
}
