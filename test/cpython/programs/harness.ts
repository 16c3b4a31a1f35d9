// What the programs of ported tests share: each test is a name of CPython's and a body that asserts; one line of JSON tells how it
// went. Other processes are the workers of one executor, started once a program.
import { inspect } from 'node:util';
import {
  type AnyFunction,
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  JoinableQueue,
  Lock,
  Manager,
  type Process,
  ProcessPoolExecutor,
  Queue,
  RLock,
  Semaphore,
  type SyncManager,
  task,
} from 'forkscope';

/** Longest time for one test, in milliseconds. */
const LIMIT_MS = 120_000;
/** More than any test needs at a time. */
const WORKERS = 6;

export type MaybePromise<T> = T | Promise<T>;
interface Limits {
  readonly block?: boolean;
  readonly timeout?: number;
}
export interface AnyLock {
  acquire(options?: Limits): Promise<unknown>;
  release(): MaybePromise<void>;
  with<T>(body: () => T | Promise<T>): Promise<T>;
}
export interface AnyCondition extends AnyLock {
  wait(timeout?: number): Promise<boolean>;
  waitFor<T>(predicate: () => T | Promise<T>, timeout?: number): Promise<T>;
  notify(n?: number): MaybePromise<void>;
  notifyAll(): MaybePromise<void>;
}
export interface AnyEvent {
  isSet(): MaybePromise<boolean>;
  set(): MaybePromise<void>;
  clear(): MaybePromise<void>;
  wait(timeout?: number): Promise<boolean>;
}
export interface AnyBarrier {
  wait(timeout?: number): Promise<number>;
  abort(): MaybePromise<void>;
  reset(): MaybePromise<void>;
}
export interface AnyQueue<T = unknown> {
  put(item: T, options?: Limits): Promise<void>;
  get(options?: Limits): Promise<T>;
  putNowait(item: T): MaybePromise<void>;
  getNowait(): MaybePromise<T>;
  qsize(): MaybePromise<number>;
  empty(): MaybePromise<boolean>;
  full(): MaybePromise<boolean>;
}
export interface AnyJoinable<T = unknown> extends AnyQueue<T> {
  taskDone(): MaybePromise<void>;
  join(): Promise<unknown>;
}

/** What CPython's mixins are: objects of shared memory between processes, or between threads, or of a manager. */
export interface Kind {
  readonly name: 'WithProcesses' | 'WithThreads' | 'WithManager';
  lock(): MaybePromise<AnyLock>;
  rlock(): MaybePromise<AnyLock>;
  semaphore(value: number): MaybePromise<AnyLock>;
  bounded(value: number): MaybePromise<AnyLock>;
  condition(): MaybePromise<AnyCondition>;
  event(): MaybePromise<AnyEvent>;
  barrier(parties: number, timeout?: number): MaybePromise<AnyBarrier>;
  queue<T>(maxsize?: number): MaybePromise<AnyQueue<T>>;
  joinable<T>(): MaybePromise<AnyJoinable<T>>;
  /** Runs an exported function in another process, or as another task of this one; resolves when it is done. */
  run<F extends AnyFunction>(fn: F, ...args: Parameters<F>): Promise<Awaited<ReturnType<F>>>;
}

let executor: ProcessPoolExecutor | undefined;
let manager: SyncManager | undefined;

/** Runs an exported function in another process, one of a few that are there for all tests. */
export function elsewhere<F extends AnyFunction>(
  fn: F,
  ...args: Parameters<F>
): Promise<Awaited<ReturnType<F>>> {
  executor ??= new ProcessPoolExecutor(WORKERS);
  return executor.submit(fn, ...args).result() as Promise<Awaited<ReturnType<F>>>;
}

const shared = {
  lock: () => new Lock(),
  rlock: () => new RLock(),
  semaphore: (value: number) => new Semaphore(value),
  bounded: (value: number) => new BoundedSemaphore(value),
  condition: () => new Condition(),
  event: () => new Event(),
  barrier: (parties: number, timeout?: number) =>
    new Barrier(timeout === undefined ? parties : { parties, timeout }),
  queue: <T>(maxsize?: number): AnyQueue<T> => new Queue<T>(maxsize ?? 0),
  joinable: <T>(): AnyJoinable<T> => new JoinableQueue<T>(),
};

export const processes: Kind = { name: 'WithProcesses', ...shared, run: elsewhere };
/** Node's counterpart of Python's threads: tasks of one process, each an owner of its own. */
export const tasks: Kind = {
  name: 'WithThreads',
  ...shared,
  run: <F extends AnyFunction>(fn: F, ...args: Parameters<F>) =>
    task.run(async () => (await fn(...args)) as never),
};

export async function theManager(): Promise<SyncManager> {
  manager ??= await Manager();
  return manager;
}
export const managed: Kind = {
  name: 'WithManager',
  lock: async () => (await theManager()).Lock(),
  rlock: async () => (await theManager()).RLock(),
  semaphore: async (value) => (await theManager()).Semaphore(value),
  bounded: async (value) => (await theManager()).BoundedSemaphore(value),
  condition: async () => (await theManager()).Condition(),
  event: async () => (await theManager()).Event(),
  barrier: async (parties, timeout) => (await theManager()).Barrier(parties, timeout),
  queue: async <T>(maxsize?: number): Promise<AnyQueue<T>> => (await theManager()).Queue<T>(maxsize ?? 0),
  joinable: async <T>(): Promise<AnyJoinable<T>> => (await theManager()).JoinableQueue<T>(),
  run: elsewhere,
};
export const KINDS = [processes, tasks, managed] as const;

/** Runs a test and tells how it went. */
export async function check(name: string, body: () => unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`it took more than ${LIMIT_MS} ms`)), LIMIT_MS);
    });
    await Promise.race([task.run(async () => await body()), late]);
    console.log(JSON.stringify({ [name]: 'ok' }));
  } catch (error) {
    console.log(JSON.stringify({ [name]: inspect(error) }));
  } finally {
    clearTimeout(timer);
  }
}

/** The same test with each kind of objects, as `WithProcessesTestLock.test_lock`. */
export async function checkKinds(
  name: string,
  body: (kind: Kind) => unknown,
  kinds: readonly Kind[] = KINDS,
): Promise<void> {
  for (const kind of kinds) await check(`${kind.name}${name}`, () => body(kind));
}

/** Ends what the tests have in common, and the program. */
export async function finish(): Promise<void> {
  await manager?.shutdown();
  for (const pid of executor?.pids ?? []) process.kill(pid, 'SIGKILL');
  await executor?.shutdown();
  process.exit(0);
}

export const sleep = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Waits until the condition holds; for what has no event. */
export async function until(condition: () => MaybePromise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(0.005);
}

/** How long a call took, in seconds, and what it gave. */
export async function timed<T>(call: () => MaybePromise<T>): Promise<[seconds: number, result: T | string]> {
  const start = performance.now();
  let result: T | string;
  try {
    result = await call();
  } catch (error) {
    result = (error as Error).name;
  }
  return [(performance.now() - start) / 1000, result];
}

/** The name of what a call throws. */
export async function thrown(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    return (error as Error).name;
  }
  return 'nothing';
}

export async function started<T extends Process<never>>(process: T): Promise<T> {
  await process.start();
  return process;
}
