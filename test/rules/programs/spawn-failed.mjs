// suspected
// A tool is not there. Main waits for its end, or starts another one.
import { spawn } from 'node:child_process';

const busy = setInterval(() => {}, 1000);
const tool = spawn('no-such-tool', { stdio: 'ignore' }); // named
tool.on('exit', () => clearInterval(busy));
tool.on('error', ({ code }) => {
  console.log(code);
  if (process.argv[2] === 'fine') spawn('sleep', ['3']).on('exit', () => clearInterval(busy));
});
