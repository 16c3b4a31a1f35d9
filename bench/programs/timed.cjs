// Prints how long a command takes, ms, without the start of whoever runs this: node timed.cjs command args…
const { spawn } = require('node:child_process');
const [command, ...args] = process.argv.slice(2);
const start = performance.now();
const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
let errors = '';
child.stderr.on('data', (data) => {
  errors += data;
});
child.once('close', (code) => {
  console.log(performance.now() - start);
  if (code !== 0) console.error(errors.slice(-2000));
  process.exitCode = code ?? 1;
});
