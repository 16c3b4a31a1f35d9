// certain
// A child reads a pipe until it ends, and its parent, which joins it, has not closed its own end; or closes it late.
import { setTimeout as sleep } from 'node:timers/promises';
import { isMain, Pipe, Process } from 'forkscope';

export async function read(there) {
  try {
    for (;;) await there.recv(); // named
  } catch (error) {
    if (error.name !== 'EOFError') throw error;
  }
}

if (isMain(import.meta)) {
  const [here, there] = Pipe();
  const child = new Process({ target: read, args: [there] });
  await child.start();
  there.close();
  await here.send('one');
  if (process.argv[2] === 'fine') {
    await sleep(3000);
    here.close();
  }
  await child.join(); // named
}
