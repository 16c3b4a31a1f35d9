// suspected; fires
// A child stands in execFileSync of a Node program, which has its stdin, and main ends that when the child is ready, or after a while.
import { execFileSync, fork } from 'node:child_process';
import { text } from 'node:stream/consumers';

const [, self, role] = process.argv;
if (role === 'tool') {
  console.log((await text(process.stdin)).length);
} else if (role === 'child') {
  execFileSync(process.execPath, [self, 'tool'], { stdio: 'inherit' }); // named
  process.send('ready', () => process.disconnect());
} else {
  const child = fork(self, ['child'], { stdio: ['pipe', 'inherit', 'inherit', 'ipc'] }); // named
  child.once('message', () => child.stdin.end('a line\n'));
  if (role === 'fine') setTimeout(() => child.stdin.end(), 3000);
}
