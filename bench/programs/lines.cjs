// A child writes 100,000 lines to its stdout; prints the ms from the first write until the parent has read the last.
const { spawn } = require('node:child_process');
const LINES = 100_000;
if (process.argv[2] === 'child') {
  process.stdin.once('data', () => {
    let written = 0;
    const some = () => {
      for (let i = 0; i < 1000 && written < LINES; i++)
        process.stdout.write(`${`${written++}`.padStart(40)}\n`);
      if (written < LINES) setImmediate(some);
      else process.stdin.destroy();
    };
    some();
  });
} else {
  const child = spawn(process.execPath, [__filename, 'child'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let start = 0;
  let read = 0;
  child.on('spawn', () => {
    start = performance.now();
    child.stdin.write('go');
  });
  child.stdout.on('data', (data) => {
    read += data.length;
    if (read === LINES * 41) console.log(performance.now() - start);
  });
}
