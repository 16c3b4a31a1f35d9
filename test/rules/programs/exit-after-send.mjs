// certain; ends
// A child exits right after it has sent more than its channel takes at once; or when all has been sent.
import { fork } from 'node:child_process';

const [, self, how, role] = process.argv;
const many = Array.from({ length: 500 }, (_, i) => ({ i, text: 'x'.repeat(2000) }));
if (role === 'child') {
  let left = many.length;
  for (const one of many) {
    // Called when it has left.
    const sent = () => {
      if (--left === 0 && how === 'fine') process.exit(0);
    };
    process.send(one, sent); // named
  }
  if (how === 'fault') process.exit(0);
} else {
  const child = fork(self, [how, 'child']);
  let count = 0;
  child.on('message', () => count++);
  child.on('close', () => console.log(count));
}
