// certain; options: --threshold child-left-behind.outlives=4000; stays
// A shell with a command is killed: by itself, and the command goes on; or with its whole group.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

if (process.argv[2] === 'child') {
  setInterval(() => console.log('up'), 500);
} else {
  const fine = process.argv[2] === 'fine';
  const command = `"${process.execPath}" "${process.argv[1]}" child; echo done`;
  const shell = spawn(command, { shell: true, detached: fine, stdio: ['ignore', 'pipe', 'inherit'] }); // named
  await once(shell.stdout, 'data');
  shell.stdout.resume();
  if (fine) process.kill(-shell.pid);
  else shell.kill();
  await once(shell, 'exit');
  setTimeout(() => console.log('cleaned up'), fine ? 6000 : 100_000);
}
