// The parent puts, the child gets, and nobody joins: the queue lives until the child has read it.
import { isMain, Process, Queue } from 'forkscope';

export async function func(a: Queue<number>): Promise<void> {
  console.log('这是子进程:', await a.get());
}

async function main(): Promise<void> {
  const q = new Queue<number>();
  await q.put(123);
  await new Process({ target: func, args: [q] }).start();
}

if (isMain(import.meta)) void main();
