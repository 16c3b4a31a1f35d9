// Who is whose parent: the child's parent id is the id of main.
import { currentProcess, isMain, Process } from 'forkscope';

export function info(title: string): void {
  console.log(title);
  console.log('process name:', currentProcess().name);
  console.log('parent process:', process.ppid);
  console.log('process id:', process.pid);
  console.log('\n');
}

export function f(name: string): void {
  info('\x1b[31;1mfunction f\x1b[0m');
  console.log('hello', name);
}

async function main(): Promise<void> {
  info('\x1b[32;1mmain process line\x1b[0m');
  const p = new Process({ target: f, args: ['QQ'] });
  await p.start();
  await p.join();
}

if (isMain(import.meta)) void main();
