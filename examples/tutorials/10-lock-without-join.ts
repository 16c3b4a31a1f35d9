// Ten children print under a lock, and main does not join them: it waits at its exit, and the lock lives until then.
import { isMain, Lock, Process } from 'forkscope';

export async function f(l: Lock, i: number): Promise<void> {
  await l.acquire();
  try {
    console.log('hello word', i);
  } finally {
    l.release();
  }
}

async function main(): Promise<void> {
  const lock = new Lock();
  for (let i = 0; i < 10; i++) await new Process({ target: f, args: [lock, i] }).start();
}

if (isMain(import.meta)) void main();
