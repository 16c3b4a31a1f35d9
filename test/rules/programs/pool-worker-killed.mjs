// certain; ends
// A worker of a pool is killed in the middle of a task, and its owner ends before it hears of it; or the task takes long.
import { setTimeout as sleep } from 'node:timers/promises';
import { Event, isMain, Pool } from 'forkscope';

export async function task(begun, how) {
  begun.set();
  if (how === 'fault') process.kill(process.pid, 'SIGKILL');
  await sleep(3000);
}

if (isMain(import.meta)) {
  const begun = new Event();
  const pool = await Pool.create(1);
  const result = pool.applyAsync(task, [begun, process.argv[2]]); // named
  await begun.wait();
  if (process.argv[2] === 'fault') {
    // Long enough for a kill; whatever comes meanwhile is not heard.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
    throw new Error('gives up');
  }
  await result.get();
  pool.close();
  await pool.join();
}
