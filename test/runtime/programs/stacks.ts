// Errors that come about in another process, or in the event loop: do their stacks lead to the user's lines?
import { Barrier, Event, isMain, Lock, Manager, Pipe, Pool, Process, ProcessPoolExecutor } from 'forkscope';
import { tell } from './tell.ts';

export function inTheTask(): void {
  JSON.parse('{');
}
export async function holdAndDie(lock: Lock, held: Event): Promise<void> {
  await lock.acquire();
  held.set();
  process.kill(process.pid, 'SIGKILL');
}

async function atEndOfPipe(): Promise<void> {
  const [here, there] = Pipe();
  setImmediate(() => there.close());
  await here.recv();
}
async function atDict(): Promise<void> {
  await using manager = await Manager();
  const dict = await manager.dict();
  await dict.getItem('no such key');
}
async function atApply(): Promise<void> {
  await using pool = new Pool(1);
  await pool.apply(inTheTask);
}
async function atImap(): Promise<void> {
  await using pool = new Pool(1);
  for await (const _ of pool.imap(inTheTask, [1]));
}
async function atFuture(): Promise<void> {
  await using executor = new ProcessPoolExecutor(1);
  await executor.submit(inTheTask).result();
}
async function atLock(): Promise<void> {
  const [lock, held] = [new Lock(), new Event()];
  const p = new Process({ target: holdAndDie, args: [lock, held] });
  await p.start();
  await held.wait();
  await lock.acquire();
}
async function atBarrier(): Promise<void> {
  const barrier = new Barrier(2);
  setImmediate(() => barrier.abort());
  await barrier.wait();
}

async function main(): Promise<void> {
  for (const fail of [atEndOfPipe, atDict, atApply, atImap, atFuture, atLock, atBarrier]) {
    const error: unknown = await fail().catch((problem: unknown) => problem);
    const { name, stack = '', cause } = error as Error;
    const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
    const named = (pattern: RegExp): boolean => frames.some((line) => pattern.test(line));
    const runtime = frames.filter((line) => /runtime\.cjs|src.runtime|node:/.test(line)).length;
    const remote = cause instanceof Error && /inTheTask/.test(String(cause.stack));
    tell({ [fail.name]: [name, named(new RegExp(fail.name)), named(/inTheTask/), runtime, remote] });
  }
}

if (isMain(import.meta)) void main();
