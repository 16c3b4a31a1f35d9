// Our side of bench/runtime: prints one JSON object, microseconds per operation. Both sides transfer with one producer
// process and a consumer in the parent.
import { type Connection, isMain, Lock, Pipe, Process, Queue } from 'forkscope';

const PAYLOADS: Record<string, [count: number, make: () => unknown]> = {
  int: [20_000, () => 12345],
  string: [20_000, () => 'hello world'],
  object: [20_000, () => ({ id: 7, name: 'abc', ok: true })],
  '1KB': [10_000, () => Buffer.alloc(1024, 120)],
  '64KB': [2000, () => Buffer.alloc(65_536, 120)],
  '1MB': [200, () => Buffer.alloc(1_048_576, 120)],
};
const payload = (kind: string): [number, () => unknown] => PAYLOADS[kind] as [number, () => unknown];

export function hold(lock: Lock, gate: Connection, rounds: number, results: Queue<number>): void {
  gate.sendSync(true);
  gate.recvSync();
  const begin = performance.now();
  for (let i = 0; i < rounds; i++) {
    lock.acquireSync();
    lock.release();
  }
  results.putSync(((performance.now() - begin) / rounds) * 1e3);
}

export function putAll(queue: Queue, kind: string, gate: Connection): void {
  const [count, make] = payload(kind);
  const item = make();
  gate.sendSync(true);
  gate.recvSync();
  for (let i = 0; i < count; i++) queue.putSync(item);
}

export async function putAllAsync(queue: Queue, kind: string, gate: Connection): Promise<void> {
  const [count, make] = payload(kind);
  const item = make();
  await gate.send(true);
  await gate.recv();
  for (let i = 0; i < count; i++) await queue.put(item);
}

export function sendAll(connection: Connection, kind: string, gate: Connection): void {
  const [count, make] = payload(kind);
  const item = make();
  gate.sendSync(true);
  gate.recvSync();
  for (let i = 0; i < count; i++) connection.sendSync(item);
}

export function tell(connection: Connection): void {
  connection.sendSync(true);
}

function lockAlone(): number {
  const lock = new Lock();
  const rounds = 3_000_000;
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 2; attempt++) {
    const begin = performance.now();
    for (let i = 0; i < rounds; i++) {
      lock.acquireSync();
      lock.release();
    }
    best = Math.min(best, ((performance.now() - begin) / rounds) * 1e3);
  }
  return best;
}

async function lockContended(): Promise<number> {
  const lock = new Lock();
  const results = new Queue<number>();
  const gates: Connection[] = [];
  const children: Process[] = [];
  for (let i = 0; i < 2; i++) {
    const [here, there] = Pipe();
    gates.push(here);
    children.push(new Process({ target: hold, args: [lock, there, 300_000, results] }) as Process);
  }
  for (const child of children) await child.start();
  for (const gate of gates) await gate.recv();
  for (const gate of gates) await gate.send(true);
  const times = [await results.get(), await results.get()];
  for (const child of children) await child.join();
  return times.reduce((sum, time) => sum + time, 0) / 4;
}

type Feed = (channel: never, kind: string, gate: Connection) => unknown;
async function transfer(
  kind: string,
  target: Feed,
  channel: unknown,
  receive: () => unknown,
): Promise<number> {
  const [here, there] = Pipe();
  const child = new Process({ target, args: [channel, kind, there] });
  await child.start();
  await here.recv();
  await here.send(true);
  const [count] = payload(kind);
  const begin = performance.now();
  for (let i = 0; i < count; i++) {
    const got = receive();
    if (got instanceof Promise) await got;
  }
  const took = ((performance.now() - begin) / count) * 1e3;
  await child.join();
  return took;
}

async function startReady(): Promise<number> {
  const [here, there] = Pipe();
  const times: number[] = [];
  for (let i = 0; i < 8; i++) {
    const begin = performance.now();
    const child = new Process({ target: tell, args: [there] });
    await child.start();
    await here.recv();
    times.push((performance.now() - begin) * 1e3);
    await child.join();
  }
  return times.sort((a, b) => a - b)[times.length >> 1] as number;
}

async function main(): Promise<void> {
  const result: Record<string, number> = {
    'lock alone': lockAlone(),
    'lock contended by 2': await lockContended(),
  };
  for (const kind of Object.keys(PAYLOADS)) {
    const queue = new Queue();
    result[`queue ${kind}`] = await transfer(kind, putAll, queue, () => queue.getSync());
    result[`queue async ${kind}`] = await transfer(kind, putAllAsync, queue, () => queue.get());
  }
  for (const kind of Object.keys(PAYLOADS)) {
    const [reader, writer] = Pipe(false);
    result[`pipe ${kind}`] = await transfer(kind, sendAll, writer, () => reader.recvSync());
  }
  result['start to ready'] = await startReady();
  console.log(JSON.stringify(result));
}

if (isMain(import.meta)) await main();
