import { closeSync } from 'node:fs';
import {
  BaseManager,
  type Connection,
  currentProcess,
  type Event,
  getLogger,
  getStartMethod,
  Pipe,
  Pool,
  Process,
  parentProcess,
  Queue,
} from 'forkscope';
import { sleep } from './harness.ts';

export async function report(results: Queue<unknown>, ...args: unknown[]): Promise<void> {
  const me = currentProcess();
  await results.put([args, me.name, me.pid, me.authkey.toString('hex'), me.daemon]);
}
export async function tellParent(results: Queue<unknown>): Promise<void> {
  const parent = parentProcess();
  await results.put([parent?.pid, parent?.name, process.ppid, parent?.isAlive()]);
}
export async function grandParent(out: Connection): Promise<void> {
  const [reader, writer] = Pipe<unknown>(false);
  const p = new Process({ target: watchParent, args: [writer, out] });
  await p.start();
  await reader.recv();
  process.kill(process.pid, 'SIGKILL');
}
export async function watchParent(ready: Connection, out: Connection): Promise<void> {
  await out.send(parentProcess()?.isAlive());
  await ready.send('begun');
  await parentProcess()?.join(20);
  await out.send(parentProcess()?.isAlive());
}
export const forever = (): Promise<never> => new Promise(() => setInterval(() => {}, 1000));
export const quick = async (seconds: number): Promise<void> => await sleep(seconds);
export const nothing = (): void => {};
export async function recurse(out: Connection, id: number[]): Promise<void> {
  await out.send(id);
  if (id.length >= 2) return;
  for (const i of [0, 1]) {
    const p = new Process({ target: recurse, args: [out, [...id, i]] });
    await p.start();
    await p.join();
  }
}
export const waitFor = async (event: Event): Promise<void> => {
  await event.wait(20);
};
export async function leaveTimer(event: Event): Promise<void> {
  setTimeout(() => event.set(), 100);
}
export const exitWith = (...code: number[]): void => process.exit(code[0]);
export const throwIt = (words: string): never => {
  throw new RangeError(words);
};
export async function nested(results: Queue<unknown>): Promise<void> {
  const inner = new Queue<string>();
  await inner.put('in a child');
  await results.put(await inner.get());
  await results.put([getStartMethod(), getLogger().level]);
}
export async function poolInside(results: Queue<unknown>): Promise<void> {
  const pool = new Pool(1);
  await results.put(await pool.apply(Math.max as unknown as (n: number) => number, [3]).catch(() => 'error'));
  pool.terminate();
  await pool.join();
}
export function closeInput(results: Queue<unknown>): Promise<void> {
  closeSync(0);
  return results.put('without stdin');
}
export class Upper extends Process {
  readonly child: Connection<string>;
  constructor(child: Connection<string>) {
    super();
    this.child = child;
  }
  override async run(): Promise<void> {
    for await (const text of this.child) await this.child.send(text.toUpperCase());
  }
}
export class Prepared extends BaseManager {}
