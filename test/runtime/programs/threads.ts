// Worker threads use what their process holds.
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import {
  Barrier,
  Condition,
  Event,
  isMain,
  Lock,
  OwnerDiedError,
  open,
  Pipe,
  Process,
  Queue,
  RLock,
  Semaphore,
  type Shared,
  share,
  Value,
} from 'forkscope';
import { settled, sleep, tell } from './tell.ts';

/** Where Node reads TypeScript by itself this is an ES module, which has no `__dirname`. */
const THREAD = fileURLToPath(new URL('thread.cjs', import.meta.url));

interface Tools {
  readonly lock: Lock;
  readonly rlock: RLock;
  readonly queue: Queue<unknown>;
  readonly event: Event;
  readonly barrier: Barrier;
  readonly condition: Condition;
  readonly asleep: Semaphore;
  readonly counter: ReturnType<typeof Value<'i'>>;
}

async function inThread({
  lock,
  rlock,
  queue,
  event,
  barrier,
  condition,
  asleep,
  counter,
}: Tools): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (i % 2 === 0) {
      lock.withSync(() => {
        counter.getObj().value += 1;
      });
    } else {
      await lock.with(() => {
        counter.getObj().value += 1;
      });
    }
  }
  await queue.put(await settled(async () => rlock.release()));
  await queue.put(await event.wait(30));
  await queue.put(barrier.waitSync(30));
  await condition.with(async () => {
    asleep.release();
    await queue.put(await condition.wait(30));
  });
}

/** Returns at once: the process ends when its thread has. */
export function inProcess(tools: Tools): void {
  new Worker(THREAD, { workerData: { tools: share(tools) } });
}

async function main(): Promise<void> {
  const tools: Tools = {
    lock: new Lock(),
    rlock: new RLock(),
    queue: new Queue(),
    event: new Event(),
    barrier: new Barrier(3),
    condition: new Condition(),
    asleep: new Semaphore(0),
    counter: Value('i', 0),
  };
  tools.rlock.acquireSync();
  // One thread here, one in a child process.
  const worker = new Worker(THREAD, { workerData: { tools: share(tools) } });
  const child = new Process({ target: inProcess, args: [tools] });
  await child.start();
  const got = [await tools.queue.get(), await tools.queue.get()];
  tools.event.set();
  got.push(await tools.queue.get(), await tools.queue.get());
  const places = [await tools.barrier.wait(), await tools.queue.get(), await tools.queue.get()];
  for (let i = 0; i < 2; i++) await tools.asleep.acquire();
  await tools.condition.with(() => tools.condition.notifyAll());
  got.push(await tools.queue.get(), await tools.queue.get());
  await child.join();
  await new Promise((resolve) => (worker.threadId < 0 ? resolve(0) : worker.once('exit', resolve)));
  tell({ got, places: places.sort(), count: tools.counter.value, exitCode: child.exitCode });
  await messages();
  await terminated();
}

/** Handles by postMessage, both ways, opened in several threads. */
async function messages(): Promise<void> {
  const [here, there] = Pipe<string>();
  const shared = share({ deep: [there] });
  const workers = [0, 1].map(() => new Worker(THREAD, { workerData: { echo: true } }));
  for (const worker of workers) worker.postMessage(shared);
  for (const _ of workers) await here.send('word');
  const words = [await here.recv(), await here.recv()];
  const back = new Promise<Shared<Queue<string>>>((resolve) => workers[0]?.once('message', resolve));
  workers[0]?.postMessage('a queue, please');
  const queue = open(await back);
  words.push(await queue.get());
  const cloned = structuredClone({ text: 'x' });
  tell({ words, refused: await settled(async () => open(cloned as never)) });
  await Promise.all(workers.map((worker) => worker.terminate()));
}

/** A thread that is terminated while it holds a lock is dead, though its process is not. */
async function terminated(): Promise<void> {
  const [lock, held] = [new Lock(), new Event()];
  const worker = new Worker(THREAD, { workerData: { hold: share([lock, held] as const) } });
  await held.wait();
  await worker.terminate();
  const died = await lock.acquire().then(
    () => 'acquired',
    (error: unknown) => (error instanceof OwnerDiedError ? 'OwnerDiedError' : String(error)),
  );
  tell({ terminated: [died, lock.acquireSync({ timeout: 5 })] });
}

async function thread(): Promise<void> {
  const { tools, echo, hold } = workerData as {
    tools?: Shared<Tools>;
    echo?: boolean;
    hold?: Shared<readonly [Lock, Event]>;
  };
  if (tools !== undefined) await inThread(open(tools));
  if (hold !== undefined) {
    const [lock, held] = open(hold);
    lock.acquireSync();
    held.set();
    await sleep(60_000);
  }
  if (echo !== true) return;
  parentPort?.on(
    'message',
    async (message: Shared<{ deep: [ReturnType<typeof Pipe<string>>[1]] }> | string) => {
      if (typeof message === 'string') {
        const queue = new Queue<string>();
        queue.putNowait('from the thread');
        parentPort?.postMessage(share(queue));
        return;
      }
      const [connection] = open(message).deep;
      await connection.send(`${await connection.recv()} back`);
    },
  );
}

if (isMain(import.meta)) void main();
else if (!isMainThread) void thread();
