// certain; ends
// Main writes on to a child that has read enough, without and with a listener for the error.
import { spawn } from 'node:child_process';

if (process.argv[2] === 'child') {
  process.stdin.once('data', () => process.exit());
} else {
  const stdio = ['pipe', 'inherit', 'inherit'];
  const child = spawn(process.execPath, [process.argv[1], 'child'], { stdio }); // named
  if (process.argv[2] === 'fine') {
    child.stdin.on('error', ({ code }) => console.log(code));
    child.on('exit', () => setTimeout(() => console.log('goes on'), 3000));
  }
  child.stdin.write('x'.repeat(16e6)); // named
}
