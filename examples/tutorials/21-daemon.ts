// A daemon ends with main: its last line never comes.
import { isMain, Process } from 'forkscope';
import { sleep } from './support/time.ts';

export async function worker(): Promise<void> {
  await sleep(30);
  console.log('worker done');
}

async function main(): Promise<void> {
  console.log('start');
  const p = new Process({ target: worker, daemon: true });
  await p.start();
  console.log('main end');
}

if (isMain(import.meta)) void main();
