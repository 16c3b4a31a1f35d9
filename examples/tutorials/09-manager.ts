// A manager holds a dict and a list in a process of its own; ten children write into both.
import { type DictProxy, isMain, type ListProxy, Manager, Process } from 'forkscope';

export async function f(d: DictProxy<number, number>, l: ListProxy<number>): Promise<void> {
  await d.set(process.pid, process.pid);
  await l.append(process.pid);
  console.log(await l.copy());
}

async function main(): Promise<void> {
  await using manager = await Manager();
  const d = await manager.dict<number, number>();
  const l = await manager.list([0, 1, 2, 3, 4]);
  const processes = Array.from({ length: 10 }, () => new Process({ target: f, args: [d, l] }));
  for (const p of processes) await p.start();
  for (const p of processes) await p.join();
  console.log(await d.copy());
  console.log(await l.copy());
}

if (isMain(import.meta)) void main();
