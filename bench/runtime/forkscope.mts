// Our side of bench/runtime.mjs: a case a line on stdin, {"us", "cpu"} a line on stdout, per operation. Both sides
// transfer with one producer process and a consumer in the parent.
import { createInterface } from 'node:readline';
import {
  activeChildren,
  type Connection,
  type DictProxy,
  isMain,
  Lock,
  Manager,
  Pipe,
  Pool,
  Process,
  Queue,
} from 'forkscope';
import { type Measured, timed } from './cpu.mts';

const PAYLOADS: Record<string, [count: number, make: () => unknown]> = {
  int: [100_000, () => 12345],
  string: [100_000, () => 'hello world'],
  object: [100_000, () => ({ id: 7, name: 'abc', ok: true })],
  '1KB': [50_000, () => Buffer.alloc(1024, 120)],
  '64KB': [2000, () => Buffer.alloc(65_536, 120)],
  '1MB': [200, () => Buffer.alloc(1_048_576, 120)],
};
const TASKS = 10_000;
const STARTS = 5;
const LOCK_ROUNDS = 1_000_000;
const payload = (kind: string): [number, () => unknown] => PAYLOADS[kind] as [number, () => unknown];

async function pairs(lock: Lock, rounds: number): Promise<Measured> {
  return await timed(rounds, [], () => {
    for (let i = 0; i < rounds; i++) {
      lock.acquireSync();
      lock.release();
    }
  });
}

export async function hold(lock: Lock, gate: Connection, rounds: number): Promise<void> {
  gate.sendSync(true);
  gate.recvSync();
  gate.sendSync(await pairs(lock, rounds));
}

export function feed(channel: Queue | Connection, kind: string, gate: Connection): void {
  const [count, make] = payload(kind);
  const item = make();
  gate.sendSync(true);
  gate.recvSync();
  if (channel instanceof Queue) for (let i = 0; i < count; i++) channel.putSync(item);
  else for (let i = 0; i < count; i++) channel.sendSync(item);
  gate.recvSync();
}

export async function feedAsync(channel: Queue | Connection, kind: string, gate: Connection): Promise<void> {
  const [count, make] = payload(kind);
  const item = make();
  await gate.send(true);
  await gate.recv();
  if (channel instanceof Queue) for (let i = 0; i < count; i++) await channel.put(item);
  else for (let i = 0; i < count; i++) await channel.send(item);
  await gate.recv();
}

export function tell(connection: Connection): void {
  connection.sendSync(true);
}

async function lockContended(): Promise<Measured> {
  const lock = new Lock();
  const gates: Connection[] = [];
  const children: Process[] = [];
  for (let i = 0; i < 2; i++) {
    const [here, there] = Pipe();
    gates.push(here);
    children.push(new Process({ target: hold, args: [lock, there, LOCK_ROUNDS] }) as Process);
  }
  for (const child of children) await child.start();
  for (const gate of gates) await gate.recv();
  for (const gate of gates) await gate.send(true);
  const results = (await Promise.all(gates.map((gate) => gate.recv()))) as Measured[];
  for (const child of children) await child.join();
  const sum = (key: 'us' | 'cpu'): number => results.reduce((total, result) => total + result[key], 0) / 4;
  return { us: sum('us'), cpu: sum('cpu') };
}

async function transfer(
  kind: string,
  channel: Queue | Connection,
  async: boolean,
  receive: () => unknown,
): Promise<Measured> {
  const [here, there] = Pipe();
  const child = new Process({ target: async ? feedAsync : feed, args: [channel, kind, there] });
  await child.start();
  await here.recv();
  const [count] = payload(kind);
  const result = await timed(count, [child.pid as number], async () => {
    here.sendSync(true);
    if (async) for (let i = 0; i < count; i++) await receive();
    else for (let i = 0; i < count; i++) receive();
  });
  await here.send(true);
  await child.join();
  return result;
}

async function queue(kind: string, async: boolean): Promise<Measured> {
  const channel = new Queue();
  const result = await transfer(kind, channel, async, () => (async ? channel.get() : channel.getSync()));
  channel.close();
  return result;
}

async function pipe(kind: string, async: boolean): Promise<Measured> {
  const [reader, writer] = Pipe(false);
  const result = await transfer(kind, writer, async, () => (async ? reader.recv() : reader.recvSync()));
  reader.close();
  writer.close();
  return result;
}

/** The median of some starts: the first also looks the function up. */
async function startReady(): Promise<Measured> {
  const [here, there] = Pipe();
  const results: Measured[] = [];
  for (let i = 0; i < STARTS; i++) {
    const child = new Process({ target: tell, args: [there] });
    const result = await timed(1, [], async () => {
      await child.start();
      await here.recv();
    });
    await child.join();
    results.push(result);
  }
  return results.sort((a, b) => a.us - b.us)[STARTS >> 1] as Measured;
}

export function tiny(x: number): number {
  return x + 1;
}

async function poolMap(pool: Pool, chunksize: number | undefined): Promise<Measured> {
  const items = Array.from({ length: TASKS }, (_, i) => i);
  return await timed(TASKS, pool.pids, () => pool.map(tiny, items, chunksize));
}

async function managerSetGet(dict: DictProxy<string, number>): Promise<Measured> {
  const rounds = 2000;
  const server = activeChildren().find(({ name }) => name.includes('Manager'));
  return await timed(rounds * 2, [server?.pid ?? 0], async () => {
    for (let i = 0; i < rounds; i++) {
      await dict.set('key', i);
      await dict.get('key');
    }
  });
}

async function main(): Promise<void> {
  const lock = new Lock();
  const pool = await Pool.create(2);
  await poolMap(pool, 1);
  const manager = await Manager();
  const dict = await manager.dict<string, number>();
  const cases: Record<string, () => Promise<Measured>> = {
    'lock alone': () => pairs(lock, LOCK_ROUNDS),
    'lock contended by 2': lockContended,
    'start to ready': startReady,
    'Pool.map chunksize 1': () => poolMap(pool, 1),
    'Pool.map automatic chunks': () => poolMap(pool, undefined),
    'Manager dict set/get': () => managerSetGet(dict),
  };
  for (const kind of Object.keys(PAYLOADS)) {
    for (const async of [false, true]) {
      const words = async ? `async ${kind}` : kind;
      cases[`queue ${words}`] = () => queue(kind, async);
      cases[`pipe ${words}`] = () => pipe(kind, async);
    }
  }
  for await (const line of createInterface({ input: process.stdin })) {
    const run = cases[line.trim()];
    if (run === undefined) throw new Error(`no case "${line}"`);
    console.log(JSON.stringify(await run()));
  }
  pool.terminate();
  await pool.join();
  await manager.shutdown();
}

if (isMain(import.meta)) await main();
