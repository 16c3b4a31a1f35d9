// Locks, conditions, events and barriers between processes, some of which are killed.
import {
  Barrier,
  Condition,
  Event,
  isMain,
  Lock,
  OwnerDiedError,
  Process,
  Queue,
  RLock,
  Semaphore,
  Value,
} from 'forkscope';
import { outcome, settled, sleep, tell, until } from './tell.ts';

export async function tryRLock(lock: RLock, results: Queue<unknown>): Promise<void> {
  await results.put(outcome(() => lock.release()));
  await results.put((await lock.acquire({ block: false })) !== false);
  await lock.with(() => lock.with(() => results.put('inside twice')));
}

export async function holdFor(lock: RLock | Lock, held: Event): Promise<void> {
  await lock.acquire();
  held.set();
  await sleep(60_000);
}

export async function setEvent(event: Event, go: Event): Promise<void> {
  go.waitSync();
  event.set();
}

export async function printUnder(lock: Lock, i: number): Promise<void> {
  await lock.with(() => tell({ [`hello ${i}`]: true }));
}

export async function sleepOn(
  condition: Condition,
  asleep: Semaphore,
  results: Queue<unknown>,
): Promise<void> {
  await condition.with(async () => {
    asleep.release();
    await condition.wait();
  });
  await results.put('woken');
}

export function sleepSyncOn(condition: Condition, asleep: Semaphore, results: Queue<unknown>): void {
  condition.acquireSync();
  asleep.release();
  const woken = condition.waitSync(60);
  condition.release();
  results.putSync(woken ? 'woken' : 'timed out');
}

/** Counts arrivals before each round: nobody may be a round ahead. */
export function rounds(
  barrier: Barrier,
  arrived: ReturnType<typeof counter>,
  count: number,
  results: Queue<unknown>,
): void {
  for (let round = 1; round <= count; round++) {
    arrived.getLock().withSync(() => {
      arrived.value += 1;
    });
    barrier.waitSync(30);
    const seen = arrived.value;
    if (seen < round * PARTIES || seen > (round + 1) * PARTIES) {
      results.putSync(`round ${round}: ${seen} arrivals`);
      return;
    }
  }
  results.putSync('in step');
}
const PARTIES = 3;
const counter = () => Value('i', 0);

export async function arrive(barrier: Barrier, results: Queue<unknown>): Promise<void> {
  await results.put(await settled(() => barrier.wait(30)));
}
export async function dieAtOnce(): Promise<void> {
  process.kill(process.pid, 'SIGKILL');
  await sleep(60_000);
}

async function rlocks(): Promise<void> {
  const [lock, results] = [new RLock(), new Queue<unknown>()];
  await lock.acquire();
  const child = new Process({ target: tryRLock, args: [lock, results] });
  await child.start();
  const refused = [await results.get(), await results.get()];
  lock.release();
  tell({ refused, after: await results.get() });
  await child.join();

  const [own, held] = [new RLock({ name: 'fragile' }), new Event()];
  const holder = new Process({ target: holdFor, args: [own, held] });
  await holder.start();
  await held.wait();
  holder.kill();
  const died = await own.acquire().then(
    () => 'acquired',
    (error: unknown) =>
      error instanceof OwnerDiedError && error.pid === holder.pid ? 'OwnerDiedError' : error,
  );
  tell({ died, afterwards: (await own.acquire()) !== undefined && own.owned });
  own.release();
}

async function events(): Promise<void> {
  const [event, go] = [new Event(), new Event()];
  const child = new Process({ target: setEvent, args: [event, go] });
  await child.start();
  const early = await event.wait(0.05);
  go.set();
  tell({ early, set: await event.wait(30) });
  await child.join();
}

async function conditions(): Promise<void> {
  const [condition, asleep, results] = [new Condition(), new Semaphore(0), new Queue<unknown>()];
  const args = [condition, asleep, results] as const;
  // One after the other, so that the one to be killed is the first in line.
  const doomed = new Process({ target: sleepOn, args });
  await doomed.start();
  await asleep.acquire();
  const others = [new Process({ target: sleepOn, args }), new Process({ target: sleepSyncOn, args })];
  await Promise.all(others.map((child) => child.start()));
  for (const _ of others) await asleep.acquire();
  doomed.kill();
  await doomed.join();
  await condition.with(() => condition.notify());
  const first = await results.get();
  const second = await settled(() => results.get({ timeout: 0.05 }));
  await condition.with(() => condition.notifyAll());
  tell({ notified: [first, second, await results.get()] });
  for (const child of others) await child.join();
}

async function barriers(): Promise<void> {
  const [barrier, arrived, results] = [new Barrier(PARTIES), counter(), new Queue<unknown>()];
  const children = [0, 1, 2].map(
    () => new Process({ target: rounds, args: [barrier, arrived, 1000, results] }),
  );
  await Promise.all(children.map((child) => child.start()));
  const steps: unknown[] = [];
  for (const _ of children) steps.push(await results.get());
  tell({ steps, arrivals: arrived.value });
  for (const child of children) await child.join();

  const fatal = new Barrier({ parties: 2, action: dieAtOnce });
  const leader = new Process({ target: arrive, args: [fatal, results] });
  const waiting = settled(() => fatal.wait(40));
  await until(() => fatal.nWaiting === 1, 'the first at the barrier');
  await leader.start();
  tell({ leaderDied: await waiting, broken: fatal.broken });
  await leader.join();
}

/** The children open the lock long after this function has given its handle back. */
async function handover(): Promise<void> {
  const lock = new Lock();
  for (let i = 0; i < 4; i++) await new Process({ target: printUnder, args: [lock, i] }).start();
  lock.close();
}

if (isMain(import.meta)) {
  void (async () => {
    await rlocks();
    await events();
    await conditions();
    await barriers();
    await handover();
  })();
}
