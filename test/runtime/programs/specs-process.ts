// Specs S01 to S04: the life of processes. Arguments: the spec, and the file that has it.
import { readFileSync } from 'node:fs';
import { activeChildren, currentProcess, isMain, Process, Queue, SimpleQueue } from 'forkscope';
import { settled, tell } from './tell.ts';

declare global {
  namespace NodeJS {
    interface Process {
      reallyExit(code: number): never;
    }
  }
}

export async function report(queue: Queue<unknown>, one: number, two: number, kwargs: object): Promise<void> {
  const me = currentProcess();
  for (const item of [[one, two], kwargs, me.name, me.pid]) await queue.put(item);
}

export function endBy(way: string): void {
  const code = /\((\d+)\)/.exec(way)?.[1];
  if (way === 'throw') throw new RangeError('thrown on purpose');
  if (way.startsWith('exit')) process.exit(code === undefined ? undefined : Number(code));
  if (way.startsWith('hard_exit')) process.reallyExit(Number(code));
  if (way.includes('parent')) setInterval(() => {}, 1000);
}

export async function recurse(queue: SimpleQueue<number[]>, id: number[]): Promise<void> {
  await queue.put(id);
  if (id.length >= 2) return;
  for (const i of [0, 1]) {
    const child = new Process({ target: recurse, args: [queue, [...id, i]] });
    await child.start();
    await child.join();
  }
}

async function lifecycle(): Promise<void> {
  const queue = new Queue<unknown>(1);
  const kwargs = { hello: 23, bye: 2.54 };
  const child = new Process({
    target: report,
    args: [queue, 1, 2],
    kwargs,
    name: 'SomeProcess',
    daemon: true,
  });
  const state = (): object => ({
    alive: child.isAlive(),
    exitcode: child.exitCode,
    in_active_children: activeChildren().includes(child as unknown as Process),
  });
  const before_start = { ...state(), daemon: child.daemon };
  await child.start();
  const after_start = state();
  const received: unknown[] = [];
  for (let i = 0; i < 4; i++) received.push(await queue.get());
  if (received[3] === child.pid) received[3] = '<p.pid>';
  await child.join();
  tell({ before_start, after_start, received, after_join: state() });
}

async function exitCodes(cases: readonly [string, number][]): Promise<void> {
  const seen: [string, number | null][] = [];
  for (const [way] of cases) {
    const child = new Process({ target: endBy, args: [way] });
    await child.start();
    if (way.startsWith('terminate')) child.terminate();
    if (way.startsWith('kill')) child.kill();
    await child.join();
    seen.push([way, child.exitCode]);
  }
  tell({ cases: seen });
}

async function tree(): Promise<void> {
  const queue = new SimpleQueue<number[]>();
  await recurse(queue, []);
  const ids: number[][] = [];
  while (!queue.empty()) ids.push(await queue.get());
  tell({ ids });
}

async function close(steps: readonly string[]): Promise<void> {
  const child = new Process({ target: endBy, args: ['sleep until killed by parent'] });
  await child.start();
  const results: unknown[] = [];
  for (const step of steps) {
    if (step === 'close after join') {
      child.kill();
      await child.join();
    }
    const call = step.startsWith('close')
      ? () => child.close()
      : step.startsWith('is_alive')
        ? () => child.isAlive()
        : step.startsWith('join')
          ? () => child.join()
          : () => child.terminate();
    results.push((await settled(async () => call())) ?? 'ok');
  }
  tell({ results });
}

async function main(): Promise<void> {
  const [id = '', file = ''] = process.argv.slice(2);
  const spec = JSON.parse(readFileSync(file, 'utf8'))[id];
  if (id === 'S01_process_lifecycle') await lifecycle();
  else if (id === 'S02_exit_codes') await exitCodes(spec.cases);
  else if (id === 'S03_recursion_tree') await tree();
  else await close(spec.steps);
}

if (isMain(import.meta)) void main();
