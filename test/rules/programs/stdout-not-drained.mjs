// certain
// A child writes more than a pipe holds. Its parent never reads that, or reads slowly.
import { spawn } from 'node:child_process';

if (process.argv[2] === 'child') {
  process.stdout.write('x'.repeat(400_000)); // named
} else {
  const child = spawn(process.execPath, [process.argv[1], 'child'], { stdio: ['ignore', 'pipe', 'inherit'] }); // named
  child.on('exit', (code) => console.log('exit', code));
  if (process.argv[2] === 'fine')
    child.stdout.once('data', () => {
      child.stdout.pause();
      setTimeout(() => child.stdout.resume(), 3000);
    });
}
