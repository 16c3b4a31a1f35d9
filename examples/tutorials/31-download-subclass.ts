// A subclass with its own run(); main sleeps longer than the child works.
import { isMain, Process } from 'forkscope';
import { SECOND, sleep } from './support/time.ts';

const seconds = (since: number): string => ((performance.now() - since) / SECOND).toFixed(6);

export class Download extends Process {
  readonly interval: number;

  constructor(interval: number) {
    super();
    this.interval = interval;
  }

  override async run(): Promise<void> {
    const start = performance.now();
    console.log(`开启进程：${process.pid}进行下载操作`);
    console.log(`子进程（${process.pid}）开始执行，父进程为（${process.ppid}）`);
    await sleep(this.interval);
    console.log(`子进程（${process.pid}）执行完毕，耗时(${seconds(start)})秒`);
  }
}

async function main(): Promise<void> {
  const start = performance.now();
  console.log(`当前进程（${process.pid}）`);
  const p = new Download(2);
  await p.start();
  await sleep(10);
  await p.join();
  console.log(`主进程（${process.pid}）执行完毕，耗时(${seconds(start)})秒`);
}

if (isMain(import.meta)) void main();
