import { isMain, JoinableQueue, Process, Queue, queue, SimpleQueue } from 'forkscope';
import { tell } from './tell.ts';

export async function putLarge(items: Queue<string>): Promise<void> {
  await items.put('x'.repeat(1_000_000));
  items.cancelJoinThread();
  await items.put('y'.repeat(1_000_000));
}
export async function answer(items: SimpleQueue<unknown>, back: SimpleQueue<unknown>): Promise<void> {
  await back.put(['from the child', await items.get()]);
}
export async function finish(items: JoinableQueue<number>): Promise<void> {
  for (let i = 0; i < 2; i++) {
    await items.get();
    items.taskDone();
  }
}
export function nothing(_queue: queue.Queue): void {}

async function main(): Promise<void> {
  const large = new Queue<string>();
  const child = new Process({ target: putLarge, args: [large] });
  await child.start();
  await child.join();
  tell({
    62: { exitCode: child.exitCode, lengths: [(await large.get()).length, (await large.get()).length] },
  });

  const work = new JoinableQueue<number>();
  for (let i = 0; i < 3; i++) await work.put(i);
  const worker = new Process({ target: finish, args: [work] });
  await worker.start();
  await worker.join();
  const missing = await work.join({ timeout: 0.05 });
  await work.get();
  work.taskDone();
  tell({ 69: [missing, await work.join()] });

  const [simple, back] = [new SimpleQueue<unknown>(), new SimpleQueue<unknown>()];
  const states: unknown[] = [simple.empty()];
  await simple.put(3);
  states.push(simple.empty());
  const other = new Process({ target: answer, args: [simple, back] });
  await other.start();
  states.push(await back.get(), simple.empty());
  tell({ 70: states });
  await other.join();

  const local = new Process({ target: nothing, args: [new queue.Queue()] });
  tell({ 72: await local.start().then(() => 'started', String) });
}

if (isMain(import.meta)) void main();
