// Each process starts a thread and does not wait for it: the process ends when its thread has ended.
import { Worker } from 'node:worker_threads';
import { isMain, Process } from 'forkscope';
import { sleep } from './support/time.ts';

const THREAD = `
  const { threadId, workerData } = require('node:worker_threads');
  console.log(workerData + ':' + threadId);
`;

export async function run(name: string): Promise<void> {
  await sleep(2);
  console.log('hello', name);
  new Worker(THREAD, { eval: true, workerData: name });
}

async function main(): Promise<void> {
  const processes = Array.from({ length: 10 }, (_, i) => new Process({ target: run, args: [`QQ${i}`] }));
  for (const p of processes) await p.start();
  for (const p of processes) await p.join();
}

if (isMain(import.meta)) void main();
