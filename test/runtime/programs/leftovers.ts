// Makes everything that has a name in the file system, and waits to be killed.
import { Client, Event, isMain, Listener, Lock, Process, Queue, SharedMemory } from 'forkscope';
import { sleep, tell } from './tell.ts';

export async function makeMore(ready: Event): Promise<void> {
  const listener = await Listener.create({ family: 'AF_UNIX' });
  const [client] = await Promise.all([Client(listener.address), listener.accept()]);
  new SharedMemory({ create: true, size: 100 });
  await new Queue().put(1);
  ready.set();
  await sleep(60_000);
  client.close();
}

async function main(): Promise<void> {
  const ready = new Event();
  if (process.argv[2] === 'next') {
    new Lock();
    return;
  }
  const child = new Process({ target: makeMore, args: [ready] });
  await child.start();
  await ready.wait();
  const own = new Event();
  const waiting = makeMore(own);
  await own.wait();
  tell({ pids: [process.pid, child.pid] });
  await waiting;
}

if (isMain(import.meta)) void main();
