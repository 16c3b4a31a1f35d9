// Children that put, get and hold locks all the time are killed at arbitrary moments.
import { isMain, Lock, OwnerDiedError, Process, Queue } from 'forkscope';

interface Item {
  readonly from: number;
  readonly i: number;
  readonly filler: string;
  readonly length: number;
}

export function produce(queue: Queue<Item>, lock: Lock, from: number): void {
  for (let i = 0; ; i++) {
    const length = (i * 37) % 3000;
    try {
      lock.withSync(() => queue.putSync({ from, i, filler: 'x'.repeat(length), length }));
    } catch (error) {
      if (!(error instanceof OwnerDiedError)) throw error;
    }
  }
}

export async function consume(queue: Queue<Item>): Promise<void> {
  for await (const _ of queue);
}

let seed = 12345;
function random(below: number): number {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return seed % below;
}

async function main(): Promise<void> {
  const kills = Number(process.argv[2]);
  const queue = new Queue<Item>({ maxsize: 100 });
  const lock = new Lock();
  let whole = true;
  let once = true;
  let ordered = true;
  const last = new Map<number, number>();
  const check = ({ from, i, filler, length }: Item): void => {
    const before = last.get(from) ?? -1;
    if (filler.length !== length) whole = false;
    if (i === before) once = false;
    if (i < before) ordered = false;
    last.set(from, i);
  };
  for (let kill = 0; kill < kills; kill++) {
    const victims = [
      new Process({ target: produce, args: [queue, lock, kill * 2] }),
      new Process({ target: produce, args: [queue, lock, kill * 2 + 1] }),
      ...(kill % 5 === 0 ? [new Process({ target: consume, args: [queue] })] : []),
    ];
    await Promise.all(victims.map((victim) => victim.start()));
    for (let i = 0; i < 20 + random(100); i++) check(await queue.get());
    for (const victim of victims) victim.kill();
    for (const victim of victims) await victim.join();
    while (!queue.empty()) check(queue.getNowait());
  }
  console.log(`${kills} kills, items whole: ${whole}, none twice: ${once}, order kept: ${ordered}`);
  try {
    await lock.acquire();
  } catch {
    await lock.acquire();
  }
  await queue.put({ from: -1, i: 0, filler: '', length: 0 });
  console.log(`lock and queue still ${(await queue.get()).from === -1 ? 'work' : 'hold old items'}`);
}

if (isMain(import.meta)) void main();
