/** An uncaught error while a child still runs: it is said before the wait for the child. */
import { isMain, Process, Queue } from 'forkscope';

export async function wait(go: Queue<number>): Promise<void> {
  await go.get({ timeout: 60 });
}

async function main(): Promise<void> {
  const go = new Queue<number>();
  await new Process({ target: wait, args: [go], name: 'patient' }).start();
  // Somebody else ends the child, since this process only waits from here on.
  await new Process({ target: release, args: [go] }).start();
  throw new RangeError('of main');
}

export function release(go: Queue<number>): void {
  setTimeout(() => go.putNowait(1), 3000);
}

if (isMain(import.meta)) void main();
