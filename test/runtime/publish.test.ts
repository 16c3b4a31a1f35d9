import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { test } from 'node:test';
import { channelName, type ResourceInfo, RUNTIME_OPS, type RuntimeEvent } from '../../src/base/channels.ts';
import { Condition, Lock, Pipe, Queue, RLock, Semaphore, task } from '../../src/runtime/index.ts';
import { run } from './run-program.ts';

interface Seen {
  readonly op: string;
  readonly name: string | undefined;
  readonly n: number;
  readonly value: number;
  readonly event: RuntimeEvent;
}

/** What `body` publishes; every wait gets its number + 1000 as its site. */
async function observe(body: () => Promise<void>): Promise<Seen[]> {
  const seen: Seen[] = [];
  const listen = (message: unknown): void => {
    const event = message as RuntimeEvent;
    if (event.op.startsWith('wait') && event.op !== 'waitEnd') event.site = event.n + 1000;
    const name = (event.target as ResourceInfo | undefined)?.name;
    seen.push({ op: event.op, name, n: event.n, value: event.value, event: { ...event } });
  };
  for (const op of RUNTIME_OPS) subscribe(channelName(op), listen);
  try {
    await body();
  } finally {
    for (const op of RUNTIME_OPS) unsubscribe(channelName(op), listen);
  }
  return seen;
}
const brief = (seen: readonly Seen[]): string[] =>
  seen.map(({ op, name, n, value }) => `${op} ${name} ${n} ${value}`);

test('a lock: tickets, no waits where nothing blocks, and the site handed back where something does', async () => {
  const seen = await observe(async () => {
    const lock = new Lock({ name: 'l' });
    lock.acquireSync();
    lock.release();
    await lock.acquire();
    const second = lock.acquire();
    lock.release();
    await second;
    assert.equal(await lock.acquire({ timeout: 0.02 }), false);
    lock.release();
    lock.close();
  });
  const wait = seen.find(({ op }) => op === 'waitAcquire')?.n ?? 0;
  assert.deepEqual(brief(seen), [
    'create l 0 0',
    'open l 0 3',
    'acquire l 1 0',
    'release l 1 0',
    'acquire l 2 0',
    `waitAcquire l ${wait} 0`,
    'release l 2 0',
    `acquire l 3 ${wait}`,
    `waitEnd l ${wait} 0`,
    `waitAcquire l ${wait + 1} 20`,
    `waitEnd l ${wait + 1} 0`,
    'release l 3 0',
    'close l 0 3',
  ]);
  const of = (op: string, index = 0): RuntimeEvent | undefined =>
    seen.filter((one) => one.op === op)[index]?.event;
  assert.equal(of('acquire', 2)?.site, wait + 1000);
  assert.equal(of('waitEnd')?.site, wait + 1000);
  assert.deepEqual([of('waitAcquire')?.timeoutArmed, of('waitAcquire', 1)?.timeoutArmed], [false, true]);
  assert.deepEqual([of('waitEnd')?.outcome, of('waitEnd', 1)?.outcome], ['ok', 'timeout']);
  assert.deepEqual([of('acquire')?.sync, of('acquire', 1)?.sync], [true, false]);
});

test('an acquisition that would have given up by itself says so, also where it is had at once', async () => {
  const locks = [new Lock(), new RLock(), new Semaphore(), new Condition()];
  const { signal } = new AbortController();
  const seen = await observe(async () => {
    for (const lock of locks) {
      for (const options of [undefined, { timeout: 9 }, { block: false }, { signal }]) {
        await lock.acquire(options);
        lock.release();
      }
      for (const options of [undefined, { timeout: 9 }, { block: false }]) {
        lock.acquireSync(options);
        lock.release();
      }
    }
  });
  const each = [false, true, true, true, false, true, true];
  assert.deepEqual(
    seen.filter(({ op }) => op === 'acquire').map(({ event }) => event.timeoutArmed),
    locks.flatMap(() => each),
  );
});

test('positions and bytes of a queue are equal on both sides; a rejected item is told', async () => {
  const seen = await observe(async () => {
    const queue = new Queue<unknown>({ name: 'q', maxsize: 1 });
    await queue.put('abc');
    const put = queue.put('de');
    await queue.get();
    await put;
    await queue.get();
    await queue.put(() => 1).catch(() => {});
  });
  const wait = seen.find(({ op }) => op === 'waitSend')?.n ?? 0;
  assert.deepEqual(brief(seen), [
    'create q 0 0',
    'open q 0 3',
    'send q 1 5',
    `waitSend q ${wait} 0`,
    'receive q 1 5',
    'send q 2 4',
    `waitEnd q ${wait} 0`,
    'receive q 2 4',
    'sendRejected q 0 0',
  ]);
  assert.equal(seen[0]?.event.target && (seen[0].event.target as ResourceInfo).capacity, 1);
});

test('a pipe is two resources that name each other, and ends open and close by role', async () => {
  const seen = await observe(async () => {
    const [left, right] = Pipe({ name: 'p' });
    left.close();
    right.close();
  });
  const ops = seen.map(({ op, value }) => `${op} ${value}`);
  assert.deepEqual(ops, [
    'create 0',
    'create 0',
    'open 1',
    'open 2',
    'open 1',
    'open 2',
    'close 1',
    'close 2',
    'close 1',
    'close 2',
  ]);
  const [first, second] = seen.map(({ event }) => event.target as ResourceInfo);
  assert.deepEqual([first?.kind, first?.key, first?.peerKey], ['pipe', second?.peerKey, second?.key]);
});

test('tasks have tokens, other code has none', async () => {
  const tasks = new Set<number>();
  const seen = await observe(async () => {
    const lock = new Lock();
    lock.acquireSync();
    lock.release();
    await task.run(async () => await lock.with(() => {}));
    await lock.with(() => {});
  });
  for (const { op, event } of seen) if (op === 'acquire') tasks.add(event.task);
  assert.equal(tasks.size, 3);
  assert.ok(tasks.has(0));
});

test('a wait that its signal ends is cancelled', async () => {
  const seen = await observe(async () => {
    const queue = new Queue();
    const controller = new AbortController();
    const get = queue.get({ signal: controller.signal });
    controller.abort();
    await assert.rejects(get);
  });
  assert.equal(seen.at(-1)?.event.outcome, 'cancelled');
});

test('processes: start with the pid, joins, exits, spawn keys in the environment only under observation', async () => {
  const { lines, stderr } = await run('publish-processes.ts');
  assert.deepEqual(
    lines,
    [
      'unobserved child has a spawn key: false',
      'child key equals the published one: true',
      'start pid known: true, key is the runtime’s: true',
      'waitJoin, childExit 5, waitEnd ok',
      'killed: childExit -9',
      'asked to end: true, signal 15',
      'exiting',
      'waitJoin',
    ],
    stderr,
  );
});
