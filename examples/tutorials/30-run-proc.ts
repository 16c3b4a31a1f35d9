// Four lines in a fixed order: join() comes between them.
import { isMain, Process } from 'forkscope';

export function runProc(name: string): void {
  console.log(`Run child process ${name} (${process.pid})...`);
}

async function main(): Promise<void> {
  console.log(`Parent process ${process.pid}.`);
  const p = new Process({ target: runProc, args: ['test'] });
  console.log('Child process will start.');
  await p.start();
  await p.join();
  console.log('Child process end.');
}

if (isMain(import.meta)) void main();
