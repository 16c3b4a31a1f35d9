// certain; ends
// A child exits right after it has written more than a pipe holds, or some time after that was written.
import { spawn } from 'node:child_process';

if (process.argv[2] === 'child') {
  const text = 'x'.repeat(16e6);
  if (process.argv[3] === 'fine') process.stdout.write(text, () => setTimeout(() => process.exit(), 3000));
  else {
    process.stdout.write(text); // named
    process.exit(); // named
  }
} else {
  const args = [process.argv[1], 'child', process.argv[2]];
  let length = 0;
  spawn(process.execPath, args).stdout.on('data', (chunk) => {
    length += chunk.length;
  });
  process.on('exit', () => console.log(length));
}
