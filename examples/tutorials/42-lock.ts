// As 10, with other words: ten lines under a lock, none of them mixed.
import { isMain, Lock, Process } from 'forkscope';

export async function f(l: Lock, i: number): Promise<void> {
  await l.acquire();
  console.log('hello world', i);
  l.release();
}

async function main(): Promise<void> {
  const lock = new Lock();
  for (let num = 0; num < 10; num++) await new Process({ target: f, args: [lock, num] }).start();
}

if (isMain(import.meta)) void main();
