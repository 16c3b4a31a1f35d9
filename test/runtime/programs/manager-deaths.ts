// Clients of a manager that are killed: while they hold its locks, and while they wait for them and for its queues.
import {
  type AcquirerProxy,
  type ConditionProxy,
  Event,
  isMain,
  Manager,
  OwnerDiedError,
  Process,
  type QueueProxy,
} from 'forkscope';
import { settled, sleep, tell } from './tell.ts';

interface Lockable {
  acquire(): Promise<unknown>;
}

export async function holdAndDie(lock: Lockable): Promise<void> {
  await lock.acquire();
  process.kill(process.pid, 'SIGKILL');
}
export async function holdAndEnd(lock: Lockable): Promise<void> {
  await lock.acquire();
}
export async function waitFor(lock: Lockable, begun: Event): Promise<void> {
  const waiting = lock.acquire();
  begun.set();
  await waiting;
}
export async function waitIn(condition: ConditionProxy, begun: Event): Promise<void> {
  await condition.acquire();
  const waiting = condition.wait();
  begun.set();
  await waiting;
}
export async function consume(queue: QueueProxy<string>, begun: Event): Promise<void> {
  const getting = queue.get();
  begun.set();
  await getting;
}

async function run(p: Process<never>): Promise<void> {
  await p.start();
  await p.join();
}

/** Starts a process, and kills it when it has had time to send its call. */
async function runAndKill(make: (begun: Event) => Process): Promise<void> {
  const begun = new Event();
  const p = make(begun);
  await p.start();
  await begun.wait();
  await sleep(50);
  p.kill();
  await p.join();
}

async function holders(locks: Record<string, AcquirerProxy | ConditionProxy>): Promise<void> {
  const seen: Record<string, unknown> = {};
  for (const [name, lock] of Object.entries(locks)) {
    const dead = new Process({ target: holdAndDie, args: [lock] });
    await run(dead as Process<never>);
    const problem: unknown = await lock.acquire({ timeout: 60 }).catch((error: unknown) => error);
    seen[name] = [
      problem instanceof OwnerDiedError && problem.pid === dead.pid,
      (await lock.acquire({ timeout: 60 })) !== false,
      await settled(async () => (await lock.release()) ?? 'released'),
    ];
  }
  tell(seen);
}

async function main(): Promise<void> {
  await using manager = await Manager();
  const [lock, rlock, condition] = [await manager.Lock(), await manager.RLock(), await manager.Condition()];
  await holders({ lock, rlock, condition });

  await lock.acquire();
  await runAndKill((begun) => new Process({ target: waitFor, args: [lock, begun] }) as Process);
  await lock.release();
  tell({ waiter: (await lock.acquire({ timeout: 60 })) !== false });
  await lock.release();

  await runAndKill((begun) => new Process({ target: waitIn, args: [condition, begun] }) as Process);
  tell({ sleeper: (await condition.acquire({ timeout: 60 })) !== false });
  await condition.release();

  const semaphore = await manager.Semaphore(0);
  await runAndKill((begun) => new Process({ target: waitFor, args: [semaphore, begun] }) as Process);
  await semaphore.release();
  tell({ unit: (await semaphore.acquire({ timeout: 60 })) !== false });

  const queue = await manager.Queue<string>();
  await runAndKill((begun) => new Process({ target: consume, args: [queue, begun] }) as Process);
  await queue.put('for the living');
  tell({ item: await settled(() => queue.get({ timeout: 60 })) });

  await run(new Process({ target: holdAndEnd, args: [lock] }) as Process<never>);
  tell({ afterNormalEnd: (await lock.acquire({ block: false })) !== false });
}

if (isMain(import.meta)) void main();
