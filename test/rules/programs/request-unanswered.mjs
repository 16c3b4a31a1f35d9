// certain
// Of two children that were asked one fails, or takes its time; the other one stays for more work.
import { fork } from 'node:child_process';

if (process.argv[2] === 'child') {
  process.on('message', (task) => {
    if (task === 'fault') throw new Error('no such file'); // named
    setTimeout(() => process.send('done'), task === 'fine' ? 3000 : 0);
  });
} else {
  const children = ['easy', process.argv[2]].map((task) => {
    const child = fork(process.argv[1], ['child']); // named
    child.send(task); // named
    return child;
  });
  let open = children.length;
  for (const child of children)
    child.on('message', () => {
      open -= 1;
      if (open === 0) for (const one of children) one.disconnect();
    });
}
