// suspected; ends
// A child fills its heap until V8 aborts it; or it is aborted by its parent, as a watchdog does that wants a core dump.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

if (process.argv[2] === 'child') {
  console.log('up');
  if (process.argv[3] === 'fine') setInterval(() => {}, 1000);
  else for (const all = []; ; ) all.push(new Array(100_000).fill(all.length + 0.5));
} else {
  const args = ['--max-old-space-size=40', process.argv[1], 'child', process.argv[2]];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] }); // named
  await once(child.stdout, 'data');
  if (process.argv[2] === 'fine') setTimeout(() => child.kill('SIGABRT'), 3000);
  console.log(await once(child, 'close'));
}
