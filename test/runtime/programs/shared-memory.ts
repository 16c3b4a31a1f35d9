// Named memory and lists between processes. The argument says what to do at the end.
import { isMain, Process, Queue, type ShareableList, SharedMemory, SharedMemoryManager } from 'forkscope';
import { settled, sleep, tell } from './tell.ts';

export async function visit(
  name: string,
  segment: SharedMemory,
  list: ShareableList,
  manager: SharedMemoryManager,
  results: Queue<unknown>,
): Promise<void> {
  const attached = new SharedMemory({ name, size: 1 });
  attached.buf?.write('by name', 0);
  segment.buf?.write('as argument', 10);
  list.set(0, 'child');
  const own = manager.SharedMemory(100);
  own.buf?.write('of the child');
  await results.put([attached.size, own.name]);
}

export async function leaveBehind(names: Queue<string>): Promise<void> {
  await names.put(new SharedMemory({ create: true, size: 10 }).name);
}

async function share(): Promise<void> {
  const manager = new SharedMemoryManager().start();
  const segment = manager.SharedMemory(4000);
  const list = manager.ShareableList(['first', 2, 3n]);
  const results = new Queue<unknown>();
  const child = new Process({ target: visit, args: [segment.name, segment, list, manager, results] });
  await child.start();
  const [size, childName] = (await results.get()) as [number, string];
  await child.join();
  const bytes = [segment.buf?.toString('utf8', 0, 7), segment.buf?.toString('utf8', 10, 21)];
  const late = new SharedMemory({ name: childName });
  tell({ 190: [size, ...bytes], 193: [...list].map(String), ofChild: late.buf?.toString('utf8', 0, 12) });
  manager.shutdown();
  const gone: unknown[] = [];
  for (const name of [segment.name, list.shm.name, childName]) {
    gone.push(await settled(async () => new SharedMemory({ name })));
  }
  tell({ 194: gone });
}

async function main(): Promise<void> {
  const [way = ''] = process.argv.slice(2);
  if (way === 'share') return await share();
  if (way === 'sweep') {
    new SharedMemory({ create: true, size: 1 }).unlink();
    return;
  }
  // Leaves segments: of its own, of a manager, of a child that has ended.
  const names = new Queue<string>();
  const child = new Process({ target: leaveBehind, args: [names] });
  await child.start();
  await child.join();
  const left = [await names.get(), new SharedMemory({ create: true, size: 10 }).name];
  left.push(new SharedMemoryManager().start().SharedMemory(10).name);
  tell({ left });
  if (way === 'killed') await sleep(60_000);
}

if (isMain(import.meta)) void main();
