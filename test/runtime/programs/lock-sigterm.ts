// SIGTERM and synchronous waits. Argument: which case.
import { isMain, Lock, Process, Queue, RawValue } from 'forkscope';

type Cell = ReturnType<typeof RawValue<'i'>>;

function listen(): void {
  process.on('SIGTERM', () => {
    console.log('listener ran in the child');
    process.exit(7);
  });
}

export async function waiting(lock: Lock, ready: Queue<boolean>): Promise<void> {
  listen();
  ready.putSync(true);
  lock.acquireSync();
  await new Promise((resolve) => setTimeout(resolve, 60_000));
}
export function withoutListener(lock: Lock, ready: Queue<boolean>): void {
  const removed = (): void => {};
  process.on('SIGTERM', removed);
  process.off('SIGTERM', removed);
  ready.putSync(true);
  lock.acquireSync();
}
/** It never turns its event loop, and is not in a wait when it is told to end. */
export function busy(lock: Lock, ready: Queue<boolean>, told: Cell): void {
  listen();
  ready.putSync(true);
  while (told.value === 0);
  lock.acquireSync();
}
/** Its listener does not end it: how often is it called, in the loop and in waits? */
export async function counting(lock: Lock, ready: Queue<boolean>, told: Cell): Promise<void> {
  let count = 0;
  process.on('SIGTERM', () => {
    count++;
  });
  ready.putSync(true);
  while (told.value === 0);
  lock.acquireSync({ timeout: 0.2 });
  await new Promise((resolve) => setTimeout(resolve, 200));
  lock.acquireSync({ timeout: 0.2 });
  await ready.put(true);
  while (count < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  lock.acquireSync({ timeout: 0.2 });
  process.exit(10 + count);
}

async function main(): Promise<void> {
  const lock = new Lock();
  const ready = new Queue<boolean>();
  const told = RawValue('i', 0);
  lock.acquireSync();
  const [way = '', how = 'terminate'] = process.argv.slice(2);
  const target = { waiting, withoutListener, busy, counting }[way] as typeof busy;
  const child = new Process({ target, args: [lock, ready, told] });
  await child.start();
  await ready.get();
  if (way !== 'busy' && way !== 'counting') await new Promise((resolve) => setTimeout(resolve, 200));
  if (how === 'outside') process.kill(child.pid ?? 0, 'SIGTERM');
  else child.terminate();
  told.value = 1;
  if (way === 'waiting' && how === 'outside') {
    await child.join(0.3);
    console.log(`meanwhile ${child.exitCode}`);
    lock.release();
  }
  if (way === 'counting') {
    await ready.get();
    // In its loop now.
    child.terminate();
  }
  await child.join();
  console.log(`exit code ${child.exitCode}`);
}

if (isMain(import.meta)) void main();
