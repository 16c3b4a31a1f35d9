// suspected
// `cat` ends when its stdin ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const cat = spawn('cat', { stdio: ['pipe', 'pipe', 'inherit'] }); // named
cat.stdout.on('data', () => {});
cat.stdin.write('a line\n');
if (process.argv[2] === 'fine') setTimeout(() => cat.stdin.end(), 3000);
await once(cat, 'close');
