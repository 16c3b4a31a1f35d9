/** An uncaught error while a child still runs: it is said before the wait for the child, which goes on until the file argv[2] is there. */
import { existsSync } from 'node:fs';
import { isMain, Process, Queue } from 'forkscope';
import { sleep } from './tell.ts';

export async function wait(go: Queue<number>): Promise<void> {
  await go.get({ timeout: 60 });
}

async function main(): Promise<void> {
  const go = new Queue<number>();
  await new Process({ target: wait, args: [go], name: 'patient' }).start();
  // Somebody else ends the child, since this process only waits from here on.
  await new Process({ target: release, args: [go, process.argv[2] ?? ''] }).start();
  throw new RangeError('of main');
}

export async function release(go: Queue<number>, file: string): Promise<void> {
  while (!existsSync(file) && performance.now() < 60_000) await sleep(20);
  go.putNowait(1);
}

if (isMain(import.meta)) void main();
