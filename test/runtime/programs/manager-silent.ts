// Strangers that connect to a manager's address and say nothing.
import { once } from 'node:events';
import net from 'node:net';
import { BaseManager, type BaseProxy, isMain } from 'forkscope';
import { tell } from './tell.ts';

export class Counter {
  #count = 0;
  add(n: number): number {
    this.#count += n;
    return this.#count;
  }
}
export class Counters extends BaseManager {}
Counters.register('Counter', Counter, { exposed: ['add'] });

async function main(): Promise<void> {
  const authkey = Buffer.from('key');
  await using manager = await new Counters({ address: ['127.0.0.1', 0], authkey }).start();
  const { address } = manager;
  const [host, port] = address as [string, number];
  const strangers = [0, 1, 2].map(() => net.connect(port, host));
  let closed = 0;
  for (const stranger of strangers) {
    stranger.on('close', () => closed++).on('error', () => {});
    await once(stranger, 'data'); // the challenge
  }
  const remote = await new Counters({ address: [host, port], authkey }).connect();
  const counter = (await remote.create('Counter')) as BaseProxy;
  tell({ answer: await counter.callMethod('add', 2), closed });
  for (const stranger of strangers) stranger.destroy();
}

if (isMain(import.meta)) void main().then(() => process.exit(0));
