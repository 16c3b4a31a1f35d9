// A manager that ends with the program.
import { type DictProxy, isMain, type ListProxy, Manager, Process } from 'forkscope';

export async function func(a: DictProxy<number, number>, b: ListProxy<number>): Promise<void> {
  await a.set(process.pid, process.pid);
  await b.append(process.pid);
}

async function main(): Promise<void> {
  const manager = await Manager();
  const d = await manager.dict<number, number>();
  const l = await manager.list<number>();
  const processes = Array.from({ length: 10 }, () => new Process({ target: func, args: [d, l] }));
  for (const p of processes) await p.start();
  for (const p of processes) await p.join();
  const keys = [...(await d.copy()).keys()].sort();
  const items = (await l.copy()).sort();
  console.log(keys.length, 'keys,', items.length, 'items, the same:', String(keys) === String(items));
}

if (isMain(import.meta)) void main();
