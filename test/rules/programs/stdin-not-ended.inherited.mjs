// suspected; fires
// A child stands in execFileSync of `cat`, which has its stdin, until its parent ends that: when the child has sent a message, or after a while.
import { execFileSync, fork } from 'node:child_process';

const [, self, role] = process.argv;
if (role === 'child') {
  const text = execFileSync('cat', { stdio: ['inherit', 'pipe', 'inherit'] }); // named
  process.send(String(text), () => process.disconnect());
} else {
  const child = fork(self, ['child'], { stdio: ['pipe', 'inherit', 'inherit', 'ipc'] }); // named
  child.on('message', (text) => {
    console.log(text);
    child.stdin.end();
  });
  child.stdin.write('a line\n');
  if (role === 'fine') setTimeout(() => child.stdin.end(), 3000);
}
