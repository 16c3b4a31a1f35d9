// Four processes increment a counter that is only right when they exclude each other.
import { isMain, Lock, Process, Queue } from 'forkscope';

export async function increment(lock: Lock, counter: Queue<number>): Promise<void> {
  for (let i = 0; i < 150; i++) {
    await using _guard = await lock.acquire();
    await counter.put((await counter.get()) + 1);
  }
  for (let i = 0; i < 150; i++) lock.withSync(() => counter.putSync(counter.getSync() + 1));
}

export function release(lock: Lock): void {
  lock.release();
}

async function main(): Promise<void> {
  const lock = new Lock();
  const counter = new Queue<number>();
  await counter.put(0);
  const children = [1, 2, 3, 4].map(() => new Process({ target: increment, args: [lock, counter] }));
  await Promise.all(children.map((child) => child.start()));
  await Promise.all(children.map((child) => child.join()));
  console.log(`count ${await counter.get()}`);

  await lock.acquire();
  const other = new Process({ target: release, args: [lock] });
  await other.start();
  await lock.acquire();
  console.log('released by another process');
}

if (isMain(import.meta)) void main();
