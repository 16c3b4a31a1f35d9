// Remote managers whose calls are written by JSON, or by a serializer of the program's own.
import { BaseManager, type BaseProxy, type DictProxy, isMain, Process, Queue, SyncManager } from 'forkscope';
import { settled, tell } from './tell.ts';

export class Things {
  add(a: number, b: number): number {
    return a + b;
  }
  same(value: unknown): unknown {
    return value;
  }
  map(): unknown {
    return new Map([[1, 2]]);
  }
  fail(): never {
    throw new RangeError('out of range');
  }
}
export class ThingsManager extends BaseManager {}
ThingsManager.register('Things', Things, { exposed: ['add', 'same', 'map', 'fail'] });

let [written, read] = [0, 0];
/** Text with a mark in front, so that nobody else can read it. */
export const marked = {
  dumps(value: unknown): string {
    written++;
    return `marked:${JSON.stringify(value)}`;
  },
  loads(bytes: Buffer): unknown {
    read++;
    const text = bytes.toString();
    if (!text.startsWith('marked:')) throw new Error('no mark');
    return JSON.parse(text.slice('marked:'.length));
  },
};

export async function useProxy(proxy: BaseProxy & Things, out: Queue<unknown>): Promise<void> {
  await out.put(await proxy.add(20, 2));
}

const authkey = Buffer.from('key');
process.setMaxListeners(20);

async function through(serializer: 'json' | typeof marked): Promise<unknown> {
  const server = await new ThingsManager({ address: ['127.0.0.1', 0], authkey, serializer }).start();
  const { address } = server;
  if (address === undefined) throw new Error('no address');
  const remote = await new ThingsManager({ address, authkey, serializer }).connect();
  const things = (await remote.create('Things')) as BaseProxy & Things;
  const values = { text: '微信', list: [1, null, { deep: true }] };
  const failure = await (things.fail() as Promise<never>).catch((error: Error) => error);
  const out = new Queue<unknown>();
  // Its authkey is the one with which proxies connect in another process.
  const child = new Process({ target: useProxy, args: [things, out] });
  child.authkey = authkey;
  await child.start();
  const seen = [
    await things.add(4, 5),
    await things.same(values),
    await things.same(undefined),
    [failure instanceof RangeError, (failure as Error).message],
    await out.get(),
    await settled(() => things.callMethod('mul', 2, 3)),
  ];
  await child.join();
  const local = (await server.create('Things')) as BaseProxy & Things;
  const map = (await local.map()) as Map<number, number>;
  const others: unknown[] = [];
  for (const other of ['forkscope', serializer === 'json' ? marked : 'json'] as const) {
    const wrong = new ThingsManager({ address, authkey, serializer: other });
    others.push(String(await wrong.connect().catch((error: unknown) => error)));
  }
  // Nobody else is concerned.
  others.push(await things.add(1, 1), map.get(1));
  await server.shutdown();
  return [seen, others];
}

async function refusals(): Promise<unknown> {
  const options = { address: ['127.0.0.1', 0] as const, authkey, serializer: 'json' as const };
  const server = await new ThingsManager(options).start();
  const { address } = server;
  if (address === undefined) throw new Error('no address');
  const things = (await (
    await new ThingsManager({ ...options, address }).connect()
  ).create('Things')) as BaseProxy & Things;
  const circular: unknown[] = [];
  circular.push(circular);
  const values = [() => 1, 5n, Number.NaN, new Date(), new Map(), circular, [undefined], things, Symbol('s')];
  const refused: unknown[] = [];
  for (const value of values) refused.push(await settled(async () => things.same(value)));
  refused.push(await settled(async () => things.map()), await things.add(2, 2));
  await server.shutdown();
  const usual = await new ThingsManager({ address: ['127.0.0.1', 0], authkey }).start();
  const wrong = new ThingsManager({ ...options, address: usual.address ?? '' });
  refused.push(String(await wrong.connect().catch((error: unknown) => error)));
  await usual.shutdown();
  return refused;
}

async function standardTypes(): Promise<unknown> {
  const options = { authkey, serializer: 'json' as const };
  const server = await new SyncManager({ ...options, address: ['127.0.0.1', 0] }).start();
  const remote = await new SyncManager({ ...options, address: server.address ?? '' }).connect();
  const d: DictProxy<string, number> = await remote.dict([['a', 1]]);
  await d.set('b', 2);
  const list = await remote.list([1, 2]);
  await list.append(3);
  const lock = await remote.Lock();
  const seen = [
    await d.items(),
    await d.get('none', 7),
    await list.copy(),
    await lock.acquire().then(Boolean),
  ];
  await lock.release();
  await server.shutdown();
  return seen;
}

async function main(): Promise<void> {
  tell({ json: await through('json') });
  tell({ marked: await through(marked), used: [written > 0, read > 0] });
  tell({ refused: await refusals(), standard: await standardTypes() });
  const wrong: unknown[] = [
    'xml',
    { dumps: 1, loads: 2 },
    { dumps: (x: unknown) => String(x), loads: marked.loads },
  ];
  const errors: string[] = [];
  for (const serializer of wrong) {
    const options = { address: ['127.0.0.1', 0] as const, serializer: serializer as 'json' };
    errors.push(await settled(async () => await new BaseManager(options).start()).then(String));
  }
  tell({ wrong: errors });
}
if (isMain(import.meta)) void main();
