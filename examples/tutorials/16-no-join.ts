// Five processes, not joined: main waits for them when it exits.
import { isMain, Process } from 'forkscope';
import { randomInt, sleep } from './support/time.ts';

export async function test(): Promise<void> {
  await sleep(randomInt(0, 4));
  console.log(process.ppid, '-------', process.pid);
  console.log('Testing');
}

async function main(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Process({ target: test }).start();
}

if (isMain(import.meta)) void main();
