// suspected
// A child is started for a debugger: it waits for one, or it only listens for one.
import { fork } from 'node:child_process';

if (process.argv[2] === 'child') {
  setTimeout(() => process.disconnect(), 3000);
} else {
  const flag = process.argv[2] === 'fine' ? '--inspect=0' : '--inspect-brk=0';
  fork(process.argv[1], ['child'], { execArgv: [flag] }).on('exit', (code) => console.log(code)); // named
}
