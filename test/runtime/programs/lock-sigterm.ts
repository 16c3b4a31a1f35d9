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
/** It never turns its event loop, and never waits: each operation is served at once. */
export function served(lock: Lock, ready: Queue<boolean>, told: Cell): void {
  const [free, queue] = [new Lock(), new Queue<boolean>()];
  const ways = [
    () => free.acquireSync() && free.release(),
    () => queue.putSync(queue.qsize() > 0 && queue.getSync()),
    () => lock.acquireSync({ block: false }),
  ];
  const way = ways[lock.name === undefined ? 0 : Number(lock.name)] as () => unknown;
  listen();
  ready.putSync(true);
  while (told.value < 2) way();
}
/** It does nothing but compute, and its listener is never called. */
export function deaf(lock: Lock, ready: Queue<boolean>): void {
  listen();
  computing(lock, ready);
}
/** It does nothing but compute, and nobody listens. */
export function computing(_lock: Lock, ready: Queue<boolean>): void {
  ready.putSync(true);
  for (;;);
}
/** What its listener puts is not what it was about to put itself. */
export function putting(_lock: Lock, ready: Queue<boolean>, _told: Cell, full: Queue<string>): void {
  process.on('SIGTERM', () => ready.putSync(false));
  ready.putSync(true);
  full.putSync('put by the target');
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

const targets = {
  waiting,
  withoutListener,
  busy,
  counting,
  served,
  computing,
  putting,
  deaf,
  daemon: waiting,
};

async function main(): Promise<void> {
  const [way = '', how = 'terminate', name] = process.argv.slice(2);
  const lock = new Lock(name === undefined ? {} : { name });
  const ready = new Queue<boolean>();
  const full = new Queue<string>(1);
  const told = RawValue('i', 0);
  lock.acquireSync();
  full.putSync('put by the parent');
  const target = targets[way as keyof typeof targets] as typeof putting;
  const child = new Process({ target, args: [lock, ready, told, full], daemon: /^(daemon|deaf)$/.test(way) });
  await child.start();
  await ready.get();
  if (/^(waiting|withoutListener|putting|daemon)$/.test(way))
    await new Promise((resolve) => setTimeout(resolve, 200));
  if (way === 'daemon' || (way === 'deaf' && how === 'exit')) process.exit(3);
  if (way === 'deaf') return;
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
  if (way === 'putting') console.log(await ready.get(), await full.get(), await full.get());
  await child.join();
  console.log(`exit code ${child.exitCode}`);
}

if (isMain(import.meta)) void main();
