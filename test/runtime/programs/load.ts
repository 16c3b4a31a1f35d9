// Many processes on one lock and one queue. Arguments: processes, items, or `start` and a number of processes.
import { activeChildren, Event, isMain, Lock, Process, Queue, RawValue } from 'forkscope';
import { tell } from './tell.ts';

/** At most so many children at a time while they only start and end. */
const AT_ONCE = 20;
const MOST_PROCESSES = 600;

export async function produce(
  queue: Queue<[number, number]>,
  lock: Lock,
  counter: ReturnType<typeof RawValue<'i'>>,
  go: Event,
  [from, count]: [number, number],
): Promise<void> {
  await go.wait();
  for (let i = 0; i < count; i++) {
    if (i % 50 === 0) {
      lock.withSync(() => {
        counter.value += 1;
      });
    }
    queue.putSync([from, i]);
  }
}
export function nothing(): void {}

async function produceAll(processes: number, items: number): Promise<void> {
  const [queue, lock, counter, go] = [
    new Queue<[number, number]>({ maxsize: 10_000 }),
    new Lock(),
    RawValue('i', 0),
    new Event(),
  ];
  const share = Math.floor(items / processes);
  const children: Process[] = [];
  for (let from = 0; from < processes; from++) {
    const child = new Process({ target: produce, args: [queue, lock, counter, go, [from, share]] });
    await child.start();
    children.push(child as unknown as Process);
  }
  go.set();
  const next = new Array<number>(processes).fill(0);
  let ordered = true;
  for (let i = 0; i < share * processes; i++) {
    const [from, at] = queue.getSync({ timeout: 120 });
    if (next[from] !== at) ordered = false;
    next[from] = at + 1;
  }
  for (const child of children) await child.join();
  const expected = processes * Math.ceil(share / 50);
  tell({
    all: next.every((count) => count === share) && queue.empty(),
    ordered,
    counted: counter.value === expected,
    exits: [...new Set(children.map((child) => child.exitCode))],
  });
}

async function startAll(count: number): Promise<void> {
  const exits: (number | null)[] = [];
  const keeper = new Lock();
  while (exits.length < count) {
    const batch = Array.from(
      { length: Math.min(AT_ONCE, count - exits.length) },
      () => new Process({ target: nothing }),
    );
    await Promise.all(batch.map((child) => child.start()));
    await Promise.all(batch.map((child) => child.join()));
    exits.push(...batch.map((child) => child.exitCode));
  }
  tell({
    started: exits.length,
    exits: [...new Set(exits)],
    left: activeChildren().length,
    works: keeper.acquireSync(),
  });
}

async function main(): Promise<void> {
  const [what, number] = process.argv.slice(2);
  if (Number(what === 'start' ? number : what) > MOST_PROCESSES) throw new Error('too many processes');
  if (what === 'start') await startAll(Number(number));
  else await produceAll(Number(what), Number(number));
}

if (isMain(import.meta)) void main();
