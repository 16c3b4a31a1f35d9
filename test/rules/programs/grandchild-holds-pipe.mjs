// suspected
// A child leaves a process behind that has its stdout. Main waits for its 'close', or for its 'exit'.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const start = (stdio, ...args) => spawn(process.execPath, [process.argv[1], ...args], { stdio });
if (process.argv[2] === 'grandchild') {
  setTimeout(() => {}, process.argv[3] === 'fine' ? 3000 : 100_000);
} else if (process.argv[2] === 'child') {
  start(['ignore', 'inherit', 'inherit'], 'grandchild', process.argv[3]).unref(); // named
} else {
  const child = start(['ignore', 'pipe', 'inherit'], 'child', process.argv[2]); // named
  child.stdout.resume();
  console.log(await once(child, process.argv[2] === 'fine' ? 'exit' : 'close'));
}
