// Specs S05 to S07: queues. Arguments: the spec, and the file that has it.
import { readFileSync } from 'node:fs';
import { Event, isMain, JoinableQueue, Process, Queue, Value } from 'forkscope';
import { settled, sleep, tell } from './tell.ts';

export async function getSix(queue: Queue<number>, begin: Event, done: Event): Promise<void> {
  await begin.wait();
  for (let i = 0; i < 6; i++) await queue.get();
  done.set();
}

export async function putTen(queue: Queue<number>): Promise<void> {
  for (let i = 10; i < 20; i++) await queue.put(i);
}

export async function worker(
  queue: JoinableQueue<number | null>,
  done: ReturnType<typeof counter>,
): Promise<void> {
  for await (const item of queue) {
    if (item === null) return;
    await sleep(100);
    await done.getLock().with(() => {
      done.value += 1;
    });
    queue.taskDone();
  }
}
const counter = () => Value('i', 0);

/** `put(timeout=0.82)`, `get_nowait` …: what it came to, and after how many seconds. */
async function call(queue: Queue<number>, text: string): Promise<[string, unknown, number]> {
  const timeout = /timeout=([\d.]+)/.exec(text)?.[1];
  const options = { block: !text.includes('nonblock'), timeout: timeout && Number(timeout) } as const;
  const begin = performance.now();
  const result = await settled(async () => {
    if (text === 'put_nowait') return queue.putNowait(9);
    if (text === 'get_nowait') return queue.getNowait();
    const limits = { block: options.block, timeout: options.timeout === '' ? undefined : options.timeout };
    return text.startsWith('put') ? await queue.put(9, limits) : await queue.get(limits);
  });
  return [text, result, (performance.now() - begin) / 1000];
}

const state = (queue: Queue<number>): object => ({ empty: queue.empty(), full: queue.full() });

async function boundedPut(texts: readonly string[]): Promise<void> {
  const queue = new Queue<number>(6);
  const [begin, done] = [new Event(), new Event()];
  const child = new Process({ target: getSix, args: [queue, begin, done] });
  await child.start();
  const initial = state(queue);
  await queue.put(1);
  await queue.put(2, { block: true });
  await queue.put(3, { block: true, timeout: undefined });
  await queue.put(4, { timeout: 1 });
  queue.putSync(5);
  queue.putNowait(6);
  const after6 = state(queue);
  const calls = [];
  for (const text of texts) calls.push(await call(queue, text));
  begin.set();
  await done.wait();
  tell({ initial, after6, calls, after_child_got_6: state(queue) });
  await child.join();
}

async function getOrder(texts: readonly string[]): Promise<void> {
  const queue = new Queue<number>();
  for (let i = 0; i < 10; i++) await queue.put(i);
  const child = new Process({ target: putTen, args: [queue] });
  await child.start();
  const items: number[] = [];
  for (let i = 0; i < 20; i++) items.push(await queue.get());
  const calls = [];
  for (const text of texts) calls.push(await call(queue, text));
  tell({ items, calls });
  await child.join();
}

async function joinable(): Promise<void> {
  const queue = new JoinableQueue<number | null>();
  const done = counter();
  const workers = [0, 1, 2, 3].map(() => new Process({ target: worker, args: [queue, done] }));
  await Promise.all(workers.map((process) => process.start()));
  for (let i = 0; i < 10; i++) await queue.put(i);
  await queue.join();
  const done_before_join_returns = done.value;
  const extra_task_done = await settled(async () => queue.taskDone());
  for (const _ of workers) await queue.put(null);
  for (const process of workers) await process.join();
  tell({ done_before_join_returns, exitcodes: workers.map((process) => process.exitCode), extra_task_done });
}

async function main(): Promise<void> {
  const [id = '', file = ''] = process.argv.slice(2);
  const { expect } = JSON.parse(readFileSync(file, 'utf8'))[id];
  const texts = (expect.calls ?? []).map((one: readonly [string]) => one[0]);
  if (id === 'S05_bounded_queue_put') await boundedPut(texts);
  else if (id === 'S06_queue_get_order') await getOrder(texts);
  else await joinable();
}

if (isMain(import.meta)) void main();
