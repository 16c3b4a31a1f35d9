// The pitfall: a queue of one process can't be handed to another. start() says so and names the one that can.
import { isMain, Process, queue } from 'forkscope';

type Item = [number, null, string];

export async function f(q: queue.Queue<Item>): Promise<void> {
  await q.put([66, null, 'hello word']);
}

async function main(): Promise<void> {
  const q = new queue.Queue<Item>();
  const p = new Process({ target: f, args: [q] });
  try {
    await p.start();
  } catch (error) {
    console.log(String(error));
  }
}

if (isMain(import.meta)) void main();
