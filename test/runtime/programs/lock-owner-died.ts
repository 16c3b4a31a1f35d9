import { isMain, Lock, OwnerDiedError, Process, Queue } from 'forkscope';

export async function holdForEver(lock: Lock, held: Queue<number>): Promise<void> {
  lock.acquireSync();
  await held.put(process.pid);
  await new Queue().get();
}

export function holdAndEnd(lock: Lock): void {
  lock.acquireSync();
}

async function killHolder(acquire: (lock: Lock) => unknown, form: string): Promise<void> {
  const lock = new Lock();
  const held = new Queue<number>();
  const holder = new Process({ target: holdForEver, args: [lock, held] });
  await holder.start();
  const pid = await held.get();
  setTimeout(() => holder.kill(), 50);
  try {
    if (form === 'sync') holder.kill();
    await acquire(lock);
    console.log(`${form}: no error`);
  } catch (error) {
    const right = error instanceof OwnerDiedError && error.pid === pid;
    console.log(
      `${form}: ${right ? 'OwnerDiedError of the holder' : error}, then ${lock.locked ? 'held' : 'free'}`,
    );
  }
}

async function main(): Promise<void> {
  await killHolder((lock) => lock.acquire(), 'async');
  await killHolder((lock) => lock.acquireSync(), 'sync');
  const lock = new Lock();
  const holder = new Process({ target: holdAndEnd, args: [lock] });
  await holder.start();
  await holder.join();
  const got = await lock.acquire({ timeout: 0.4 });
  console.log(`normal end: ${got === false && lock.locked ? 'still held' : 'not held'}`);
}

if (isMain(import.meta)) void main();
