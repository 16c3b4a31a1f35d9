// Containers and types of managers, and managers themselves.
import assert from 'node:assert/strict';
import {
  BaseManager,
  type BaseProxy,
  type DictProxy,
  isMain,
  type ListProxy,
  type NamespaceProxy,
  type QueueProxy,
} from 'forkscope';
import {
  type AnyBarrier,
  type AnyCondition,
  type AnyEvent,
  type AnyJoinable,
  type AnyLock,
  check,
  elsewhere,
  finish,
  theManager,
  thrown,
} from './harness.ts';

export class FooBar {
  f(): string {
    return 'f()';
  }
  g(): never {
    throw new RangeError('g');
  }
  _h(): string {
    return '_h()';
  }
}
export class MyManager extends BaseManager {}
MyManager.register('Foo', FooBar);
MyManager.register('Bar', FooBar, { exposed: ['f', '_h'] });
export async function useTypes(name: string, proxy: never): Promise<unknown> {
  return await USES[name]?.(proxy);
}
/** What another process does with a manager's object. */
const USES: Readonly<Record<string, (proxy: never) => unknown>> = {
  event: async (event: AnyEvent) => [
    await event.isSet(),
    await event.set(),
    await event.isSet(),
    await event.wait(0.01),
    await event.clear(),
    await event.wait(0.01),
  ],
  lock: async (lock: AnyLock) => [
    Boolean(await lock.acquire()),
    await lock.acquire({ block: false }),
    await lock.release(),
  ],
  rlock: async (lock: AnyLock) => [
    Boolean(await lock.acquire()),
    Boolean(await lock.acquire()),
    await lock.release(),
    await lock.release(),
  ],
  semaphore: async (lock: AnyLock) => [
    Boolean(await lock.acquire()),
    await lock.acquire({ block: false }),
    await lock.release(),
  ],
  condition: async (condition: AnyCondition) =>
    await condition.with(async () => [await condition.wait(0.01), await condition.notify()]),
  barrier: async (barrier: AnyBarrier) => [await barrier.wait(), await barrier.wait()],
  queue: async (queue: QueueProxy<number>) => [await queue.put(1), await queue.get(), await queue.empty()],
  joinable: async (queue: AnyJoinable<number>) => [
    await queue.put(1),
    await queue.get(),
    await queue.taskDone(),
    await queue.join(),
  ],
  list: async (list: ListProxy<number>) => [
    await list.length(),
    await list.append(5),
    await list.pop(0),
    await list.copy(),
  ],
  dict: async (dict: DictProxy<string, number>) => [await dict.set('b', 2), [...(await dict.copy())]],
  value: async (value: { get(): Promise<number>; set(n: number): Promise<void> }) => [
    await value.get(),
    await value.set(2),
    await value.get(),
  ],
  namespace: async (space: NamespaceProxy) => [
    await space.get('x'),
    await space.set('x', 2),
    await space.get('x'),
  ],
};

const containers: Readonly<Record<string, () => unknown>> = {
  async test_list() {
    const list = await (await theManager()).list(Array.from({ length: 10 }, (_, i) => i));
    const ends = [await list.get(5), await list.get(-1), await list.slice(2, 5), await list.length()];
    assert.deepEqual(ends, [5, 9, [2, 3, 4], 10]);
    await list.extend([10, 11]);
    assert.equal(await list.pop(), 11);
    assert.deepEqual((await list.concat([1])).length, 12);
    await list.reverse();
    assert.equal(await list.get(0), 10);
    await list.sort();
    assert.deepEqual([await list.index(3), await list.count(3), await list.has(99)], [3, 1, false]);
    await list.remove(3);
    await list.delete(0);
    assert.deepEqual(await list.copy(), [1, 2, 4, 5, 6, 7, 8, 9, 10]);
    assert.equal(await thrown(() => list.get(50)), 'IndexError');
    await list.clear();
    assert.equal(await list.length(), 0);
  },
  async test_list_iter() {
    const list = await (await theManager()).list([1, 2, 3]);
    const seen: number[] = [];
    for await (const item of list) seen.push(item);
    assert.deepEqual(seen, [1, 2, 3]);
  },
  async test_list_proxy_in_list() {
    const manager = await theManager();
    const rows = await Promise.all([0, 1, 2].map(() => manager.list([0, 1, 2])));
    const all = await manager.list(rows);
    const inner = (await all.get(1)) as (typeof rows)[number];
    await inner.set(2, 55);
    assert.deepEqual(await rows[1]?.copy(), [0, 1, 55]);
    assert.deepEqual(await rows[0]?.copy(), [0, 1, 2]);
  },
  async test_dict() {
    const dict = await (await theManager()).dict<number, string>();
    for (let i = 65; i < 70; i++) await dict.set(i, String.fromCharCode(i));
    assert.deepEqual(await dict.keys(), [65, 66, 67, 68, 69]);
    assert.deepEqual(await dict.values(), ['A', 'B', 'C', 'D', 'E']);
    assert.deepEqual((await dict.items())[0], [65, 'A']);
    assert.deepEqual([...(await dict.copy())].length, 5);
    assert.deepEqual([await dict.pop(69), await dict.size(), await dict.has(69)], ['E', 4, false]);
    assert.equal(await thrown(() => dict.getItem(1)), 'KeyError');
  },
  async test_dict_iter() {
    const dict = await (await theManager()).dict<number, number>();
    for (const n of [1, 2, 3]) await dict.set(n, n * n);
    const keys: number[] = [];
    for await (const key of dict) keys.push(key);
    assert.deepEqual(keys, [1, 2, 3]);
  },
  async test_dict_proxy_nested() {
    const manager = await theManager();
    const pets = await manager.dict<string, number>();
    await pets.set('ferrets', 2);
    const all = await manager.dict<string, DictProxy<string, number>>();
    await all.set('pets', pets as never);
    const inner = (await all.get('pets')) as unknown as DictProxy<string, number>;
    await inner.set('ferrets', 3);
    assert.equal(await pets.get('ferrets'), 3);
  },
  async test_nested_queue() {
    const manager = await theManager();
    const queues = await manager.list<QueueProxy<number>>([]);
    await queues.append((await manager.Queue<number>()) as never);
    const queue = (await queues.get(0)) as unknown as QueueProxy<number>;
    await queue.put(123);
    assert.equal(await queue.get(), 123);
  },
  async test_namespace() {
    const space = await (await theManager()).Namespace({ name: 'Bob', job: 'Builder', _hidden: 'hidden' });
    assert.deepEqual([await space.get('name'), await space.get('job')], ['Bob', 'Builder']);
    await space.delete('job');
    assert.equal(await thrown(() => space.get('job')), 'KeyError');
    assert.doesNotMatch(await space.str(), /hidden/);
  },
};

async function types(): Promise<void> {
  const manager = await theManager();
  const use = (name: string, as: string, make: () => Promise<unknown>, expected: unknown): Promise<void> =>
    check(`TestSyncManagerTypes.test_${name}`, async () => {
      const got = await elsewhere(useTypes, as, (await make()) as never);
      assert.deepEqual(got, expected);
    });
  const none = undefined;
  await use('event', 'event', () => manager.Event(), [false, none, true, true, none, false]);
  await use('lock', 'lock', () => manager.Lock(), [true, false, none]);
  await use('rlock', 'rlock', () => manager.RLock(), [true, true, none, none]);
  await use('semaphore', 'semaphore', () => manager.Semaphore(1), [true, false, none]);
  await use('bounded_semaphore', 'semaphore', () => manager.BoundedSemaphore(1), [true, false, none]);
  await use('condition', 'condition', () => manager.Condition(), [false, none]);
  await use('barrier', 'barrier', () => manager.Barrier(1), [0, 0]);
  await use('queue', 'queue', () => manager.Queue(2), [none, 1, true]);
  await use('joinable_queue', 'joinable', () => manager.JoinableQueue(2), [none, 1, none, true]);
  await use('list', 'list', () => manager.list([1, 2]), [2, none, 1, [2, 5]]);
  await use('dict', 'dict', () => manager.dict(new Map([['a', 1]])), [
    none,
    [
      ['a', 1],
      ['b', 2],
    ],
  ]);
  await use('value', 'value', () => manager.Value('i', 1), [1, none, 2]);
  await use('array', 'list', () => manager.Array('i', [1, 2]), [2, none, 1, [2, 5]]);
  await use('namespace', 'namespace', () => manager.Namespace({ x: 1 }), [1, none, 2]);
}

async function common(manager: MyManager): Promise<void> {
  const [foo, bar] = [(await manager.create('Foo')) as BaseProxy, (await manager.create('Bar')) as BaseProxy];
  assert.equal(await foo.callMethod('f'), 'f()');
  assert.equal(await thrown(() => foo.callMethod('g')), 'RangeError');
  assert.equal(await thrown(() => foo.callMethod('_h')), 'RemoteError');
  assert.deepEqual([await bar.callMethod('f'), await bar.callMethod('_h')], ['f()', '_h()']);
  assert.equal(await thrown(() => bar.callMethod('g')), 'RemoteError');
}
const managers: Readonly<Record<string, () => unknown>> = {
  async 'TestMyManager.test_mymanager'() {
    const manager = await new MyManager().start();
    await common(manager);
    await manager.shutdown();
  },
  async 'TestMyManager.test_mymanager_context'() {
    await using manager = await new MyManager().start();
    await common(manager);
  },
  async 'TestMyManager.test_mymanager_context_prestarted'() {
    const manager = new MyManager();
    await manager.start();
    await using same = manager;
    await common(same);
  },
  async 'TestRemoteManager.test_remote'() {
    const authkey = Buffer.from('the key of both');
    await using manager = await new MyManager({ address: ['127.0.0.1', 0], authkey }).start();
    const remote = await new MyManager({ address: manager.address as never, authkey }).connect();
    await common(remote);
    const foo = (await remote.create('Foo')) as BaseProxy;
    assert.equal(await thrown(() => foo.callMethod('f', () => {})), 'SerializationError');
  },
  async 'TestManagerRestart.test_rapid_restart'() {
    const authkey = Buffer.from('a key');
    const first = await new MyManager({ address: ['127.0.0.1', 0], authkey }).start();
    const { address } = first;
    await first.shutdown();
    await using again = await new MyManager({ address: address as never, authkey }).start();
    await common(again);
  },
};

if (isMain(import.meta)) {
  void (async () => {
    for (const [name, body] of Object.entries(containers))
      await check(`WithManagerTestContainers.${name}`, body);
    await types();
    for (const [name, body] of Object.entries(managers)) await check(`WithProcesses${name}`, body);
    await finish();
  })();
}
