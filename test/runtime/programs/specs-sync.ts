// Specs S08 to S10: locks, conditions, barriers. Arguments: the spec, and the file that has it.
import { readFileSync } from 'node:fs';
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  isMain,
  Lock,
  Process,
  Queue,
  RLock,
  Semaphore,
  task,
  Value,
} from 'forkscope';
import { settled, sleep, tell, until } from './tell.ts';

type Counter = ReturnType<typeof counter>;
const counter = () => Value('i', 0);
const add = (value: Counter): Promise<void> =>
  value.getLock().with(() => {
    value.value += 1;
  });

// ---- S08

async function steps(lock: Lock | RLock, cases: readonly [string, unknown][]): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (const [step] of cases) {
    const result = await settled(async () => {
      if (step === 'release') return lock.release();
      const guard = await lock.acquire(step.includes('nonblock') ? { block: false } : undefined);
      return guard !== false;
    });
    seen.push([step, result ?? null]);
  }
  return seen;
}

async function locks(cases: Record<string, unknown>): Promise<void> {
  const semaphore = new Semaphore(2);
  const values: number[] = [];
  const operations = cases.semaphore_ops as string[];
  for (const operation of operations) {
    if (operation === 'release') semaphore.release();
    else if (operation === 'acquire') await semaphore.acquire();
    else if (operation !== '-') values.push((await semaphore.acquire({ block: false })) === false ? 0 : -1);
    if (!operation.includes('nonblock')) values.push(semaphore.getValue());
  }
  const begin = performance.now();
  const timed = await new Semaphore(0).acquire({ timeout: 0.35 });
  tell({
    lock: await steps(new Lock(), cases.lock as [string, unknown][]),
    rlock: await steps(new RLock(), cases.rlock as [string, unknown][]),
    'semaphore(2) values': values,
    semaphore_ops: operations,
    'bounded(1).release': await settled(async () => new BoundedSemaphore(1).release()),
    'sem0.acquire(timeout=0.35)': [timed, (performance.now() - begin) / 1000],
  });
}

// ---- S09

export async function sleeper(condition: Condition, asleep: Semaphore, woken: Counter): Promise<void> {
  await task.run(async () => {
    await condition.acquire();
    asleep.release();
    await condition.wait();
    await add(woken);
    condition.release();
  });
}

async function condition(): Promise<void> {
  const cond = new Condition();
  const asleep = new Semaphore(0);
  const woken = counter();
  const children = [0, 1, 2].map(() => new Process({ target: sleeper, args: [cond, asleep, woken] }));
  await Promise.all(children.map((child) => child.start()));
  const tasks = [0, 1, 2].map(() => sleeper(cond, asleep, woken));
  for (let i = 0; i < 6; i++) await asleep.acquire();
  const seen: number[] = [];
  for (const [count, expected] of [
    [0, 0],
    [2, 2],
    [4, 6],
    [3, 6],
  ] as const) {
    await cond.with(() => cond.notify(count));
    await until(() => woken.value >= expected, `${expected} woken`);
    // Gives one too many the time to show itself.
    await sleep(50);
    seen.push(woken.value);
  }
  await Promise.all([...tasks, ...children.map((child) => child.join())]);
  const wait_timeout_returns = await cond.with(() => cond.wait(0.05));
  const wait_for_false_timeout_returns = await cond.with(() => cond.waitFor(() => false, 0.05));
  tell({ woken: seen, wait_timeout_returns, wait_for_false_timeout_returns });
}

// ---- S10

const PARTIES = 5;
type Phase = 'wait' | 'abort' | 'reset' | 'again' | 'timeout';
interface Step {
  readonly phase: Phase;
  readonly barrier: Barrier;
}

/** Runs in four children and in the parent, the fifth. */
async function take({ phase, barrier }: Step, place: number): Promise<unknown> {
  const last = place === PARTIES - 1;
  if (last && (phase === 'abort' || phase === 'reset' || phase === 'timeout')) {
    await until(() => barrier.nWaiting === PARTIES - 1 || barrier.broken, 'four at the barrier');
    if (phase === 'abort') return barrier.abort();
    if (phase === 'reset') return barrier.reset();
    await until(() => barrier.broken, "the others' timeout");
  }
  return await settled(() => barrier.wait(phase === 'timeout' ? 0.1 : undefined));
}

export async function member(
  place: number,
  inbox: Queue<Step | null>,
  results: Queue<unknown>,
): Promise<void> {
  for await (const step of inbox) {
    if (step === null) return;
    await results.put((await take(step, place)) ?? 'nothing');
    step.barrier.close();
  }
}

/** The action: run by the last to arrive, in whichever process that is, and counted by its output. */
export function act(): void {
  console.log(JSON.stringify({ [`action ${process.pid} ${performance.now()}`]: true }));
}

async function barriers(): Promise<void> {
  const inboxes = [0, 1, 2, 3].map(() => new Queue<Step | null>());
  const results = new Queue<unknown>();
  // Before the children: their start waits until the action is found, which in an ES module takes some milliseconds.
  const acting = new Barrier({ parties: PARTIES, action: act });
  const children = inboxes.map(
    (inbox, place) => new Process({ target: member, args: [place, inbox, results] }),
  );
  await Promise.all(children.map((child) => child.start()));
  const all = async (phase: Phase, barrier: Barrier): Promise<unknown[]> => {
    for (const inbox of inboxes) await inbox.put({ phase, barrier });
    const own = (await take({ phase, barrier }, PARTIES - 1)) ?? 'nothing';
    return [own, ...(await Promise.all(inboxes.map(() => results.get())))];
  };
  const passed = (list: readonly unknown[]): number => list.filter((one) => typeof one === 'number').length;
  const broken = (list: readonly unknown[]): number =>
    list.filter((one) => one === 'BrokenBarrierError').length;

  const returned = await all('wait', acting);
  const aborted = new Barrier(PARTIES);
  const abort = await all('abort', aborted);
  const resetting = new Barrier(PARTIES);
  const reset = await all('reset', resetting);
  const again = await all('again', resetting);
  const timeout = await all('timeout', new Barrier(PARTIES));
  for (const inbox of inboxes) await inbox.put(null);
  for (const child of children) await child.join();

  tell({
    wait_returns_sorted: returned.map(Number).sort((a, b) => a - b),
    abort: { passed: passed(abort), broken: broken(abort), state_broken: aborted.broken },
    reset: { passed: passed(reset), broken: broken(reset), later_pass: passed(again) },
    timeout_all_broken: broken(timeout),
  });
}

async function main(): Promise<void> {
  const [id = '', file = ''] = process.argv.slice(2);
  const spec = JSON.parse(readFileSync(file, 'utf8'))[id];
  if (id === 'S08_locks_semaphores') await locks(spec.cases);
  else if (id === 'S09_condition_notify') await condition();
  else await barriers();
}

if (isMain(import.meta)) void main();
