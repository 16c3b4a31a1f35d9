// A sender and an endless receiver on a pipe; the receiver is terminated.
import { type Connection, isMain, Pipe, Process } from 'forkscope';
import { sleep } from './support/time.ts';

export async function procSend(pipe: Connection, urls: string[]): Promise<void> {
  for (const url of urls) {
    console.log(`Process(${process.pid}) send: ${url}`);
    await pipe.send(url);
    await sleep(0.1);
  }
}

export async function procRecv(pipe: Connection): Promise<void> {
  for (;;) console.log(`Process(${process.pid}) rev:${await pipe.recv()}`);
}

async function main(): Promise<void> {
  const [left, right] = Pipe();
  const urls = Array.from({ length: 10 }, (_, i) => `url_${i}`);
  const p1 = new Process({ target: procSend, args: [left, urls] });
  const p2 = new Process({ target: procRecv, args: [right] });
  await p1.start();
  await p2.start();
  await p1.join();
  await p1.join();
  p2.terminate();
  await p2.join();
}

if (isMain(import.meta)) void main();
