// Random SIGKILLs of lock holders, producers, consumers and pool workers. Arguments: number of kills, seed.
import {
  isMain,
  type Lock,
  OwnerDiedError,
  Lock as PlainLock,
  Pool,
  Process,
  Queue,
  RawArray,
  type RawCells,
  RLock,
} from 'forkscope';
import { tell, until } from './tell.ts';

const PATIENCE = 20;
let seed = Number(process.argv[3] ?? 1);
function random(below: number): number {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return (seed >>> 8) % below;
}

/** The two elements are equal whenever nobody holds the lock, unless a holder was killed in between. */
export function hold(lock: Lock | RLock, pair: RawCells<'i'>): void {
  for (;;) {
    try {
      lock.withSync(() => {
        pair.set(0, pair.get(0) + 1);
        pair.set(1, pair.get(1) + 1);
      });
    } catch (error) {
      if (!(error instanceof OwnerDiedError)) throw error;
    }
  }
}

interface Item {
  readonly from: number;
  readonly i: number;
  readonly filler: string;
}
export function produce(queue: Queue<Item>, from: number): void {
  for (let i = 0; ; i++) queue.putSync({ from, i, filler: 'x'.repeat((i * 37) % 3000) });
}
export function consume(queue: Queue<number>, taken: Queue<number>): void {
  for (;;) taken.putSync(queue.getSync());
}
export async function square(x: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, x % 4));
  return x * x;
}

const problems: string[] = [];
const check = (good: boolean, problem: string): void => {
  if (!good) problems.push(problem);
};

async function killHolder(lock: Lock | RLock, pair: RawCells<'i'>): Promise<void> {
  const before = pair.get(1);
  const child = new Process({ target: hold, args: [lock, pair] });
  await child.start();
  const steps = 1 + random(200);
  await until(() => pair.get(1) >= before + steps, 'the holder at work');
  child.kill();
  let told = 0;
  for (;;) {
    try {
      const guard = await lock.acquire({ timeout: PATIENCE });
      check(guard !== false, 'the lock of a killed holder did not come back');
      break;
    } catch (error) {
      check(error instanceof OwnerDiedError && ++told === 1, `acquire after a kill: ${String(error)}`);
      if (told > 1) break;
    }
  }
  check(
    told === 1 || pair.get(0) === pair.get(1),
    'the lock was free in the middle of a change, and nobody was told',
  );
  pair.set(1, pair.get(0));
  lock.release();
  await child.join();
}

async function killProducer(queue: Queue<Item>, from: number): Promise<void> {
  const child = new Process({ target: produce, args: [queue, from] });
  await child.start();
  let next = 0;
  const take = (item: Item): void => {
    check(
      item.from === from && item.i === next,
      `item ${item.from}:${item.i} came, ${from}:${next} was next`,
    );
    check(item.filler.length === (item.i * 37) % 3000, `item ${item.i} is not whole`);
    next = item.i + 1;
  };
  for (let count = 1 + random(150); count > 0; count--) take(await queue.get({ timeout: PATIENCE }));
  child.kill();
  await child.join();
  while (!queue.empty()) take(queue.getNowait());
}

async function killConsumer(queue: Queue<number>, taken: Queue<number>): Promise<void> {
  const child = new Process({ target: consume, args: [queue, taken] });
  await child.start();
  const total = 300;
  for (let i = 0; i < total; i++) queue.putNowait(i);
  const seen: number[] = [];
  for (let count = 1 + random(200); count > 0; count--) seen.push(await taken.get({ timeout: PATIENCE }));
  child.kill();
  await child.join();
  while (!taken.empty()) seen.push(taken.getNowait());
  while (!queue.empty()) seen.push(queue.getNowait());
  check(new Set(seen).size === seen.length, 'an item was delivered twice');
  // What it had in hand died with it; nothing else may be missing.
  check(seen.length >= total - 1, `${total - seen.length} items are missing`);
}

async function killWorker(pool: Pool): Promise<void> {
  await pool.ready();
  const results = Array.from({ length: 20 }, (_, i) => pool.applyAsync(square, [i]));
  for (let turns = random(10); turns > 0; turns--) await new Promise(setImmediate);
  // A replacement that is only just being started has no pid yet, and 0 would mean the whole group.
  const pids = pool.pids.filter((pid) => pid > 0);
  process.kill(pids[random(pids.length)] ?? process.pid, 'SIGKILL');
  let broken = 0;
  for (const [i, result] of results.entries()) {
    const value = await result.get(PATIENCE).catch((error: Error) => error.name);
    if (value === 'BrokenPoolError') broken++;
    else check(value === i * i, `task ${i} came to ${value}`);
  }
  check(broken <= 1, `${broken} tasks were rejected for one worker`);
  check((await pool.applyAsync(square, [9]).get(PATIENCE)) === 81, 'the pool does not work on');
}

async function main(): Promise<void> {
  const kills = Number(process.argv[2]);
  const [locks, pair] = [[new PlainLock(), new RLock()] as const, RawArray('i', 2)];
  const [items, numbers, taken] = [new Queue<Item>(100), new Queue<number>(), new Queue<number>()];
  await using pool = await Pool.create(2);
  for (let kill = 0; kill < kills; kill++) {
    const kind = kill % 4;
    if (kind === 0) await killHolder(locks[(kill >> 2) & 1] ?? locks[0], pair);
    else if (kind === 1) await killProducer(items, kill);
    else if (kind === 2) await killConsumer(numbers, taken);
    else await killWorker(pool);
  }
  tell({ kills, problems });
}

if (isMain(import.meta)) void main();
