// Three processes that say hello, and the parent that waits for them.
import { isMain, Process } from 'forkscope';

export function hello(name: string): void {
  console.log(`hello ${name} from process ${process.pid}`);
}

async function main(): Promise<void> {
  const processes = Array.from(
    { length: 3 },
    (_, i) => new Process({ target: hello, args: [`worker ${i}`] }),
  );
  for (const process of processes) await process.start();
  for (const process of processes) await process.join();
  console.log('all done');
}

if (isMain(import.meta)) void main();
