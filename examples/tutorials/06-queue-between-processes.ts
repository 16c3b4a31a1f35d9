// The queue for processes: what the child puts, the parent gets.
import { isMain, Process, Queue } from 'forkscope';

type Item = [number, null, string];

export async function f(q: Queue<Item>): Promise<void> {
  await q.put([66, null, 'hello word']);
}

async function main(): Promise<void> {
  const q = new Queue<Item>();
  const p = new Process({ target: f, args: [q] });
  await p.start();
  console.log(await q.get());
  await p.join();
}

if (isMain(import.meta)) void main();
