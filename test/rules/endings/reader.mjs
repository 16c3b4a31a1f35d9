// A child reads its stdin, which its parent does not end; at the end of that it says so, and ends well.
import { spawn } from 'node:child_process';

const [, self, role] = process.argv;
if (role === 'child') {
  process.stdin.on('data', () => {});
  process.stdin.on('end', () => console.log('has read it'));
} else {
  const stdio = ['pipe', 'inherit', 'inherit'];
  const child = spawn(process.execPath, [self, 'child'], { stdio });
  child.stdin.write('a line\n');
  child.on('exit', () => console.log('done'));
}
