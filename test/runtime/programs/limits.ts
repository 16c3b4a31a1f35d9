// Everything that waits takes a timeout and a signal; what is disposable is disposed of; what can be iterated is.
import {
  asCompleted,
  Barrier,
  Client,
  Condition,
  Event,
  type Future,
  isMain,
  JoinableQueue,
  Listener,
  Lock,
  Manager,
  Pipe,
  Pool,
  Process,
  ProcessPoolExecutor,
  parentProcess,
  Queue,
  queue,
  RLock,
  Semaphore,
  SimpleQueue,
  type TimeLimitOptions,
  wait,
  waitFutures,
} from 'forkscope';
import { settled, tell } from './tell.ts';

type Wait = (limits: TimeLimitOptions) => Promise<unknown>;

export async function sleepFor(seconds: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return seconds;
}
export async function behind(gate: Event): Promise<number> {
  await gate.wait();
  return 1;
}
export const never = (): Promise<never> => new Promise(() => setInterval(() => {}, 1000));
export function fail(): never {
  throw new RangeError('failed');
}
export async function parent(results: Queue<unknown>): Promise<void> {
  const joined = await settled(async () => await parentProcess()?.join({ timeout: 0.01 }));
  await results.put([joined, await aborted((limits) => parentProcess()?.join(limits) ?? Promise.resolve())]);
}

/** What a wait rejects with whose signal aborts while it waits. */
async function aborted(begin: Wait): Promise<unknown> {
  const stop = new AbortController();
  const waiting = settled(() => begin({ signal: stop.signal }));
  setTimeout(() => stop.abort(new RangeError('stopped')), 20);
  return await waiting;
}

async function each(waits: Readonly<Record<string, Wait>>): Promise<void> {
  for (const [name, begin] of Object.entries(waits)) {
    const early = await settled(() => begin({ signal: AbortSignal.abort(new EvalError('before')) }));
    tell({ [name]: [early, await aborted(begin), await settled(() => begin({ timeout: 0.02 }))] });
  }
}

async function primitives(): Promise<void> {
  const [lock, rlock, semaphore] = [new Lock(), new RLock(), new Semaphore(0)];
  // Held by others.
  const holder = new Process({ target: hold, args: [lock, rlock, new Event()] });
  await holder.start();
  while (await lock.acquire({ block: false })) lock.release();
  while (await rlock.acquire({ block: false })) rlock.release();
  const condition = new Condition(new Lock());
  await condition.acquire();
  const joinable = new JoinableQueue<number>();
  await joinable.put(1);
  const full = new Queue<number>(1);
  await full.put(1);
  const local = new queue.Queue<number>(1);
  await local.put(1);
  const [reader] = Pipe(false);
  await each({
    Lock: (limits) => lock.acquire(limits),
    RLock: (limits) => rlock.acquire(limits),
    Semaphore: (limits) => semaphore.acquire(limits),
    Condition: (limits) => condition.wait(limits),
    waitFor: (limits) => condition.waitFor(() => false, limits),
    Event: (limits) => new Event().wait(limits),
    Barrier: (limits) => new Barrier(2).wait(limits),
    get: (limits) => new Queue().get(limits),
    put: (limits) => full.put(2, limits),
    taskDone: (limits) => joinable.join(limits),
    'local get': (limits) => new queue.Queue().get(limits),
    'local join': (limits) => local.join(limits),
    recv: (limits) => reader.recv(limits),
    recvBytes: (limits) => reader.recvBytes(undefined, limits),
    recvBytesInto: (limits) => reader.recvBytesInto(Buffer.alloc(4), 0, limits),
    poll: (limits) => reader.poll(limits),
    wait: (limits) => wait([reader, new Queue()], limits),
    join: (limits) => holder.join(limits),
  });
  const simple = new SimpleQueue();
  tell({ SimpleQueue: await aborted(({ signal }) => simple.get({ signal })) });
  holder.kill();
  await holder.join();
}
export async function hold(lock: Lock, rlock: RLock, event: Event): Promise<void> {
  await lock.acquire();
  await rlock.acquire();
  await event.wait();
}

async function sockets(): Promise<void> {
  await using listener = await Listener.create({ family: 'AF_INET' });
  const client = await Client(listener.address, { timeout: 5 });
  const server = await listener.accept({ timeout: 5 });
  await each({
    accept: (limits) => listener.accept(limits),
    'socket recv': (limits) => server.recv(limits),
    'socket recvBytes': (limits) => server.recvBytes(undefined, limits),
    'socket poll': (limits) => server.poll(limits),
    // It connects, and nobody answers to the key.
    Client: (limits) => Client(listener.address, { authkey: Buffer.from('key'), ...limits }),
  });
  client.close();
  server.close();
  const keyed = await Listener.create({ family: 'AF_INET', authkey: Buffer.from('key') });
  const got: unknown[] = [];
  const serving = (async () => {
    for await (const connection of keyed) {
      got.push(await connection.recv());
      if (got.length === 2) keyed.close();
    }
  })();
  const stranger = await settled(() => Client(keyed.address, { authkey: Buffer.from('other') }));
  for (const n of [1, 2]) await (await Client(keyed.address, { authkey: Buffer.from('key') })).send(n);
  await serving;
  tell({ listener: [stranger, got] });
}

async function pools(): Promise<void> {
  await using pool = new Pool(1);
  await each({
    map: (limits) => pool.map(never, [1], limits),
    starmap: (limits) => pool.starmap(never, [[]], limits),
  });
  const executor = new ProcessPoolExecutor(2);
  const gate = new Event();
  const futures = [executor.submit(behind, gate), executor.submit(sleepFor, 0)];
  const order: number[] = [];
  for await (const future of asCompleted(futures)) {
    order.push(await future);
    gate.set();
  }
  tell({ asCompleted: order });
  const mixed: Future<unknown>[] = [executor.submit(never), executor.submit(fail)];
  const some = await waitFutures(mixed, { returnWhen: 'FIRST_EXCEPTION' });
  const first = await waitFutures([...mixed, ...futures], { returnWhen: 'FIRST_COMPLETED' });
  tell({ waitFutures: [some.done.has(mixed[1] as never), some.notDone.size, first.done.size] });
  await each({
    result: (limits) => (mixed[0] as Future<unknown>).result(limits),
    exception: (limits) => (mixed[0] as Future<unknown>).exception(limits),
    'wait for futures': async (limits) => (await waitFutures(mixed, limits)).notDone.size,
    'as completed': (limits) => asCompleted(mixed.slice(0, 1), limits).next(),
  });
  tell({
    wrong: [
      await settled(() => waitFutures([1 as never])),
      await settled(() => waitFutures([], { returnWhen: 'x' as never })),
    ],
  });
  for (const pid of executor.pids) process.kill(pid, 'SIGKILL');
  await executor.shutdown();
}

async function managers(): Promise<void> {
  await using manager = await Manager();
  const [lock, event, condition] = [await manager.Lock(), await manager.Event(), await manager.Condition()];
  const [full, joinable, local] = [
    await manager.Queue<number>(1),
    await manager.JoinableQueue<number>(),
    await manager.Pool(1),
  ];
  await lock.acquire();
  await full.put(1);
  await joinable.put(1);
  await condition.acquire();
  const result = await local.applyAsync(never, []);
  const empty = await manager.Queue<number>();
  await each({
    'manager Lock': (limits) => lock.acquire(limits),
    'manager Event': (limits) => event.wait(limits),
    'manager Condition': (limits) => condition.wait(limits),
    'manager get': (limits) => empty.get(limits),
    'manager put': (limits) => full.put(2, limits),
    'manager join': (limits) => joinable.join(limits),
    'manager result': (limits) => result.get(limits),
  });
  // What was cancelled has taken nothing.
  await empty.put(5);
  tell({ 'manager after': [await empty.get(), await full.qsize()] });
  for (const n of [1, 2]) await empty.put(n);
  const items: number[] = [];
  for await (const item of empty) {
    items.push(item);
    if (items.length === 2) break;
  }
  tell({ 'manager items': items });
}

async function disposal(): Promise<void> {
  let kept: Process;
  {
    await using process = new Process({ target: never });
    await process.start();
    await using unstarted = new Process({ target: never });
    tell({ unstarted: unstarted.pid });
    kept = process as Process;
  }
  const results = new Queue<unknown>();
  await using child = new Process({ target: parent, args: [results] });
  await child.start();
  tell({ disposed: [kept.isAlive(), kept.exitCode], parent: await results.get() });
}

if (isMain(import.meta)) {
  void (async () => {
    await primitives();
    await sockets();
    await pools();
    await managers();
    await disposal();
    process.exit();
  })();
}
