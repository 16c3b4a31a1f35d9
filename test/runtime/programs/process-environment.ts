import { readdirSync } from 'node:fs';
import { isMain, Process, Queue } from 'forkscope';

interface Facts {
  readonly flags: readonly string[];
  readonly title: string;
  readonly descriptors: number;
  readonly env: string;
}

export async function tell(queue: Queue<Facts>, hold: Queue<boolean>): Promise<void> {
  const descriptors = process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
  await queue.put({ flags: process.execArgv, title: process.title, descriptors, env: environment() });
  await hold.get();
}

function environment(): string {
  return JSON.stringify(Object.entries(process.env).sort());
}

async function main(): Promise<void> {
  const queue = new Queue<Facts>();
  const hold = new Queue<boolean>();
  const facts: Facts[] = [];
  for (let i = 0; i < 3; i++) {
    await new Process({ target: tell, args: [queue, hold], name: `teller ${i}` }).start();
    facts.push(await queue.get());
  }
  for (const _ of facts) await hold.put(true);
  console.log(`flags inherited: ${facts.every(({ flags }) => flags.includes('--stack-size=900'))}`);
  console.log(
    `title readable: ${facts.every(({ title }, i) => title === `node process-environment.ts [teller ${i}]`)}`,
  );
  console.log(
    `same number of descriptors: ${new Set(facts.map(({ descriptors }) => descriptors)).size === 1}`,
  );
  console.log(`env unchanged: ${facts.every(({ env }) => env === environment())}`);
}

if (isMain(import.meta)) void main();
