// Many processes on one lock and one queue. Arguments: processes, items.
import { Event, isMain, Lock, Process, Queue, RawValue } from 'forkscope';
import { tell } from './tell.ts';

const MOST_PROCESSES = 100;

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

async function main(): Promise<void> {
  const [processes, items] = process.argv.slice(2).map(Number);
  if (processes === undefined || items === undefined || processes > MOST_PROCESSES)
    throw new Error('how many processes, and how many items?');
  await produceAll(processes, items);
}

if (isMain(import.meta)) void main();
