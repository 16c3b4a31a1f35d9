// certain
// Both ends of a pipe wait for the first message of the other; or one speaks late.
import { setTimeout as sleep } from 'node:timers/promises';
import { isMain, Pipe, Process } from 'forkscope';

export async function answer(there) {
  const question = await there.recv(); // named
  await there.send(question);
}

if (isMain(import.meta)) {
  const [here, there] = Pipe();
  const child = new Process({ target: answer, args: [there] });
  await child.start();
  there.close();
  if (process.argv[2] === 'fine') {
    await sleep(3000);
    await here.send('question');
  }
  await here.recv(); // named
  await child.join();
}
