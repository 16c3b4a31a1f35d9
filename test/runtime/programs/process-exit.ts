import { isMain, Process, Queue } from 'forkscope';

export async function work(started: Queue<boolean>): Promise<void> {
  await started.put(true);
  await new Promise((resolve) => setTimeout(resolve, 400));
  console.log('worker done');
}
export async function workForEver(started: Queue<boolean>): Promise<void> {
  await started.put(true);
  // Long after main's end, however late that is: only a daemon that outlives it gets so far, and then its output is waited for.
  setTimeout(() => console.log('a daemon outlived main'), 30_000);
}

async function main(): Promise<void> {
  const started = new Queue<boolean>();
  await new Process({ target: work, args: [started] }).start();
  await new Process({ target: workForEver, args: [started], daemon: true }).start();
  await started.get();
  await started.get();
  console.log('main ends');
  if (process.argv[2] === 'exit') process.exit(3);
  if (process.argv[2] === 'throw') throw new Error('uncaught in main');
}

if (isMain(import.meta)) void main();
