// The least program: a process that does nothing, started and joined.
import { isMain, Process } from 'forkscope';

export function test(): void {}

async function main(): Promise<void> {
  const p = new Process({ target: test });
  await p.start();
  await p.join();
  console.log('exit code', p.exitCode);
}

if (isMain(import.meta)) void main();
