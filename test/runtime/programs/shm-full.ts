// In a /dev/shm of 64 MB: what has no room is refused, and everything else works on. `worker` uses the rest all the while.
import * as fs from 'node:fs';
import {
  Event,
  isMain,
  Lock,
  Process,
  Queue,
  ShareableList,
  SharedMemory,
  SharedMemoryManager,
} from 'forkscope';
import { createNamedMemory } from '../../../src/shm/posix.ts';
import { tell, until } from './tell.ts';

const MB = 1 << 20;
const FOLDER = '/dev/shm';
process.env.TMPDIR = FOLDER;

/** Numbers through a queue, under a lock, and bytes in a segment that it has attached to, until it is told to stop. */
export async function worker(lock: Lock, numbers: Queue<number>, segment: SharedMemory, stop: Event) {
  let sent = 0;
  while (!stop.isSet()) {
    await lock.with(() => {
      segment.buf?.writeUInt32LE(sent + 1, 0);
    });
    await numbers.put(sent++);
  }
  await numbers.put(-1);
}

function errorOf(action: () => unknown): string {
  try {
    action();
    return 'none';
  } catch (error) {
    return String(error).split(':', 2).join(':');
  }
}
const files = (): string[] => fs.readdirSync(FOLDER).sort();

async function main(): Promise<void> {
  const [lock, numbers, stop] = [new Lock(), new Queue<number>(64), new Event()];
  using manager = new SharedMemoryManager().start();
  const first = new SharedMemory({ create: true, size: 40 * MB });
  first.buf?.fill(7);
  const child = new Process({ target: worker, args: [lock, numbers, first, stop] });
  await child.start();
  await numbers.get();

  const before = files();
  const tooBig = [
    errorOf(() => new SharedMemory({ create: true, size: 40 * MB })),
    errorOf(() => new SharedMemory({ create: true, size: 40 * MB, name: 'named' })),
    errorOf(() => manager.SharedMemory(30 * MB)),
    errorOf(() => new ShareableList([Buffer.alloc(30 * MB)])),
    // Where the system has no memfd, the session itself is such a file.
    errorOf(() => createNamedMemory('session', 30 * MB)),
  ];
  tell({ tooBig, nothingLeft: String(files()) === String(before) });

  // To the last byte.
  const rest = fs.openSync(`${FOLDER}/rest`, 'w');
  const chunk = Buffer.alloc(4096, 1);
  const full = errorOf(() => {
    for (;;) fs.writeSync(rest, chunk);
  });
  fs.closeSync(rest);
  const one = errorOf(() => new SharedMemory({ create: true, size: 1 }));
  // What is not in /dev/shm has room as before: new ones are made, and items of any size travel.
  const large = new Queue<Buffer>();
  await large.put(Buffer.alloc(8 * MB, 3));
  tell({ full: /ENOSPC/.test(full), one, large: (await large.get()).length === 8 * MB });

  let last = 0;
  for (let i = 0; i < 500; i++) last = await numbers.get();
  stop.set();
  for (let n = last; n >= 0; n = await numbers.get()) last = n;
  await child.join();
  const seen = await lock.with(() => first.buf?.readUInt32LE(0));
  tell({
    worker: [child.exitCode, seen === last + 1],
    kept: first.buf?.subarray(4).every((byte) => byte === 7),
  });

  fs.rmSync(`${FOLDER}/rest`);
  first.close();
  first.unlink();
  // This process's mapping ends when the collector has seen that nobody has a view on it.
  let again = '';
  await until(() => {
    gc?.();
    again = errorOf(() => new SharedMemory({ create: true, size: 60 * MB }).unlink());
    return again === 'none';
  }, 'room for 60 MB');
  tell({ again });
}
if (isMain(import.meta)) void main();
