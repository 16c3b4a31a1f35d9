// suspected
// Nobody takes the output of a child out of its stream, which does not close then; or somebody does later.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const stdio = ['ignore', 'pipe', 'inherit'];
const child = spawn(process.execPath, ['-e', 'console.log("a line")'], { stdio }); // named
const closed = once(child, 'close');
await once(child.stdout, 'readable');
child.stdout.on('readable', () => {});
if (process.argv[2] === 'fine') setTimeout(() => console.log(String(child.stdout.read())), 3000);
else setInterval(() => console.log('waits'), 1000);
await closed;
process.exit();
