// certain
// A worker has taken all tasks and has not said of one that it is done; or says so late.
import { setTimeout as sleep } from 'node:timers/promises';
import { isMain, JoinableQueue, Process } from 'forkscope';

export async function work(tasks, how) {
  for (;;) {
    const task = await tasks.get();
    if (task === 'slow' && how === 'fine') await sleep(3000);
    if (task !== 'slow' || how === 'fine') tasks.taskDone();
  }
}

if (isMain(import.meta)) {
  const tasks = new JoinableQueue();
  await new Process({ target: work, args: [tasks, process.argv[2]], daemon: true }).start();
  for (const task of ['quick', 'slow']) await tasks.put(task);
  await tasks.join(); // named
}
