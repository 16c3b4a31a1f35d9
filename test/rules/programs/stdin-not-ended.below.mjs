// suspected
// A look-alike: a child that does not read its stdin has a `cat` with pipes of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

if (process.argv[2] === 'fine') {
  const child = spawn(process.execPath, [process.argv[1], 'child'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  await once(child, 'close');
} else {
  const cat = spawn('cat', { stdio: ['pipe', 'pipe', 'inherit'] });
  cat.stdout.resume();
  setTimeout(() => cat.stdin.end(), 3000);
  await once(cat, 'close');
}
