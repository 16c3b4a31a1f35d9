// A child that waits in its event loop, one that blocks its thread, and a grandchild.
import { isMain, Lock, Process, Queue } from 'forkscope';

export async function waitAsync(pids: Queue<number>): Promise<void> {
  const child = new Process({ target: waitHere, args: [pids] });
  await child.start();
  await waitHere(pids);
}
export async function waitHere(pids: Queue<number>): Promise<void> {
  await pids.put(process.pid);
  await new Queue().get();
}
export function waitSync(pids: Queue<number>, lock: Lock): void {
  pids.putSync(process.pid);
  lock.acquireSync();
}

async function main(): Promise<void> {
  const pids = new Queue<number>();
  const lock = new Lock();
  lock.acquireSync();
  await new Process({ target: waitAsync, args: [pids] }).start();
  await new Process({ target: waitSync, args: [pids, lock], daemon: true }).start();
  console.log(`pids ${[await pids.get(), await pids.get(), await pids.get()].join(' ')}`);
  // To be killed here: at an end of its own it would terminate its daemon.
  await new Queue().get();
}

if (isMain(import.meta)) void main();
