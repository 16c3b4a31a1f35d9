// What managers and their proxies do, row by row of the list of behaviours. Facts are named after them.
import { inspect } from 'node:util';
import {
  Barrier,
  BaseManager,
  type BaseProxy,
  type DictProxy,
  isMain,
  type ListProxy,
  Manager,
  Process,
  type SyncManager,
} from 'forkscope';
import { settled, tell } from './tell.ts';

export class Maths {
  add(a: number, b: number): number {
    return a + b;
  }
  mul(a: number, b: number): number {
    return a * b;
  }
  unsendable(): unknown {
    return () => 1;
  }
}
export class MathsManager extends BaseManager {}
MathsManager.register('Maths', Maths, { exposed: ['add', 'unsendable'] });
MathsManager.register('initialised', () => ({ value: () => initialised }), { exposed: ['value'] });

let initialised = 'no';
export function initialise(value: string): void {
  initialised = value;
}
/** Adds one as `d['n'] += 1` does. At the barrier all have read and none has written, so that the race always happens. */
export async function count(d: DictProxy<string, number>, allHaveRead: Barrier): Promise<void> {
  const n = await d.get('n', 0);
  await allHaveRead.wait();
  await d.set('n', n + 1);
}
export const square = (x: number): number => x * x;

interface Types {
  readonly [name: string]: BaseProxy;
}
/** In a child: one thing with each type of a manager. */
export async function useAll(types: Types, out: ListProxy<string>): Promise<void> {
  const calls: readonly [string, string, readonly unknown[]][] = [
    ['dict', 'set', ['k', 1]],
    ['list', 'append', [1]],
    ['Namespace', 'set', ['x', 1]],
    ['Value', 'set', [5]],
    ['Array', 'set', [0, 7]],
    ['Lock', 'acquire', []],
    ['Lock', 'release', []],
    ['RLock', 'acquire', []],
    ['RLock', 'acquire', []],
    ['RLock', 'release', []],
    ['RLock', 'release', []],
    ['Semaphore', 'acquire', []],
    ['BoundedSemaphore', 'acquire', []],
    ['Condition', 'acquire', []],
    ['Condition', 'notifyAll', []],
    ['Condition', 'release', []],
    ['Event', 'set', []],
    ['Barrier', 'wait', []],
    ['Queue', 'put', ['item']],
    ['JoinableQueue', 'put', ['job']],
  ];
  for (const [type, method, args] of calls) {
    await types[type]?.callMethod(method, ...args);
    await out.append(`${type}.${method}`);
  }
}

async function containers(m: SyncManager): Promise<void> {
  const l = await m.list([1, 2, 3]);
  const indexed = [await l.get(0), await l.get(-1), await l.slice(1), await l.repeat(2), await l.concat([9])];
  await l.extend([4, 5]);
  await l.repeatInPlace(2);
  const all: number[] = [];
  for await (const x of l) all.push(x);
  tell({ 170: [indexed, all, await l.pop(), await l.length(), await l.has(3)] });
  const d = await m.dict([
    [1, 'a'],
    [2, 'b'],
  ]);
  const read = [await d.keys(), await d.values(), await d.items(), [...(await d.copy())], await d.popItem()];
  await d.set(3, 'c');
  const changed = await settled(async () => {
    for await (const key of d) await d.set(key + 100, 'more');
  });
  tell({ 171: [read, changed] });
  await nested(m);
  await l.clear();
  tell({
    176: [
      await settled(() => d.getItem(77)),
      await settled(() => l.get(5)),
      await settled(() => d.delete(77)),
    ],
    177: [await d.str(), inspect(d).includes("typeid 'dict'"), (d as unknown) === (await d.copy())],
  });
}

async function nested(m: SyncManager): Promise<void> {
  const outer = await m.dict<string, unknown>();
  const inner = await m.list<number>();
  await outer.set('inner', inner);
  await outer.set('queue', await m.Queue());
  await outer.set('plain', [1]);
  await inner.append(1);
  const found = (await outer.getItem('inner')) as ListProxy<number>;
  await found.append(2);
  const plain = (await outer.getItem('plain')) as number[];
  plain.push(2);
  tell({ 172: await inner.copy(), 173: await outer.getItem('plain') });
}

async function shared(m: SyncManager): Promise<void> {
  const d = await m.dict<string, number>();
  const barrier = new Barrier(3);
  const workers = [0, 1, 2].map(() => new Process({ target: count, args: [d, barrier] }));
  for (const p of workers) await p.start();
  for (const p of workers) await p.join();
  const names = await m.Namespace({ shown: 1, _hidden: 2 });
  const text = await names.str();
  await names.delete('shown');
  tell({ 174: await d.get('n', 0), 175: [text, await names.str(), await settled(() => names.get('shown'))] });
  const types = {
    dict: await m.dict(),
    list: await m.list(),
    Namespace: await m.Namespace(),
    Value: await m.Value('i', 1),
    Array: await m.Array('i', [1, 2]),
    Lock: await m.Lock(),
    RLock: await m.RLock(),
    Semaphore: await m.Semaphore(2),
    BoundedSemaphore: await m.BoundedSemaphore(2),
    Condition: await m.Condition(),
    Event: await m.Event(),
    Barrier: await m.Barrier(1),
    Queue: await m.Queue<string>(),
    JoinableQueue: await m.JoinableQueue<string>(),
  };
  const out = await m.list<string>();
  const child = new Process({ target: useAll, args: [types as unknown as Types, out] });
  await child.start();
  await child.join();
  const pool = await m.Pool(2);
  const pooled = [await pool.map(square, [1, 2, 3]), await (await pool.applyAsync(square, [7])).get()];
  const after = [
    await types.Value.get(),
    await types.Array.get(0),
    await types.Event.isSet(),
    await types.Queue.get(),
  ];
  tell({
    178: [child.exitCode, await out.length(), after, pooled],
    179: await settled(() => types.Lock.release()),
  });
}

async function custom(): Promise<void> {
  const authkey = Buffer.from('key');
  const manager = await new MathsManager({ address: ['127.0.0.1', 0], authkey }).start(initialise, ['yes']);
  const maths = (await manager.create('Maths')) as BaseProxy & Maths;
  tell({
    180: [await maths.add(2, 3), await settled(() => maths.callMethod('mul', 2, 3)), 'mul' in maths],
    184: await ((await manager.create('initialised')) as BaseProxy).callMethod('value'),
  });
  const { address } = manager;
  if (address === undefined) throw new Error('no address');
  const remote = await new MathsManager({ address, authkey }).connect();
  const far = (await remote.create('Maths')) as BaseProxy & Maths;
  const stranger = new MathsManager({ address, authkey: Buffer.from('wrong') });
  tell({
    182: [
      await far.add(4, 5),
      await settled(() => stranger.connect()),
      await settled(async () => far.unsendable()),
    ],
  });
  await manager.shutdown();
  const again = await new MathsManager({ address, authkey }).start();
  tell({ 183: String(again.address) === String(address) });
  await again.shutdown();
  tell({ 185: [await settled(async () => maths.add(1, 1)), await settled(async () => far.add(1, 1))] });
}

async function life(): Promise<void> {
  let server: Process | undefined;
  const manager = await Manager();
  {
    await using block = manager;
    server = (await import('forkscope')).activeChildren().find((p) => p.pid === block.pid);
    tell({ 186: [/^SyncManager-\d+$/.test(server?.name ?? ''), server?.pid === block.pid] });
    await containers(block);
    await shared(block);
  }
  tell({ 181: server?.exitCode });
}

async function main(): Promise<void> {
  await life();
  await custom();
}
if (isMain(import.meta)) void main();
