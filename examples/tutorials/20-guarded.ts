// The guard makes a program run on every system.
import { isMain, Process } from 'forkscope';

export function test(_name: string): void {
  console.log(`Process ID: ${process.pid}`);
  console.log(`Parent Process ID: ${process.ppid}`);
}

async function main(): Promise<void> {
  const proc = new Process({ target: test, args: ['nmask'] });
  await proc.start();
  await proc.join();
}

if (isMain(import.meta)) void main();
