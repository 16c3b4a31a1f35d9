// `npm start`: traces the deadlock example. Forkscope ends a deadlocked program with exit code 3, which is what is wanted
// here; anything else is a failure.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const DEADLOCK = 3;
const args = ['dist/cli.js', 'run', '--on-deadlock', 'kill', 'examples/deadlock.ts'];

const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
// Ctrl-C reaches the child as well: its exit code is what counts.
process.on('SIGINT', () => undefined);
child.on('error', (error) => {
  console.error(`start: ${error.message}`);
  process.exitCode = 1;
});
child.on('exit', (code) => {
  if (code === DEADLOCK)
    console.log('\nForkscope found the deadlock of examples/deadlock.ts and ended the program.');
  else console.error(`\nstart: exit code ${code}, but a deadlock (${DEADLOCK}) was expected`);
  process.exitCode = code === DEADLOCK ? 0 : 1;
});
