// Node has no fork(): a child is always a new program (`spawn`), which is what Windows does too.
import { isMain, Process } from 'forkscope';
import { sleep } from './support/time.ts';

export async function child(): Promise<void> {
  console.log(`我是子进程${process.pid}, 我的父进程是${process.ppid} 我开始工作了...`);
  await sleep(3);
}

async function main(): Promise<void> {
  console.log(`Process (${process.pid}) start...`);
  const p = new Process({ target: child });
  await p.start();
  console.log(`我的进程id是 (${process.pid}) 我创建了一个子进程，子进程id是 (${p.pid}).`);
  await sleep(4);
}

if (isMain(import.meta)) void main();
