// Hello.
import { isMain, Process } from 'forkscope';

export function f(name: string): void {
  console.log('hello', name);
}

async function main(): Promise<void> {
  const p = new Process({ target: f, args: ['bob'] });
  await p.start();
  await p.join();
}

if (isMain(import.meta)) void main();
