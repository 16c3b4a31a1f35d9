// terminate() reaches the listeners of a child that stands in acquireSync.
import { isMain, Lock, Process, Queue } from 'forkscope';

export function block(lock: Lock, ready: Queue<boolean>): void {
  process.on('SIGTERM', () => {
    console.log('listener ran in the child');
    process.exit(7);
  });
  ready.putSync(true);
  lock.acquireSync();
}

async function main(): Promise<void> {
  const lock = new Lock();
  const ready = new Queue<boolean>();
  lock.acquireSync();
  const child = new Process({ target: block, args: [lock, ready] });
  await child.start();
  await ready.get();
  await new Promise((resolve) => setTimeout(resolve, 200));
  child.terminate();
  await child.join();
  console.log(`exit code ${child.exitCode}`);
}

if (isMain(import.meta)) void main();
