// _TestQueue, TestSimpleQueue: what queues do between processes, between tasks, and in a manager.
import assert from 'node:assert/strict';
import { isMain, Queue, SimpleQueue } from 'forkscope';
import {
  type AnyEvent,
  type AnyJoinable,
  type AnyQueue,
  check,
  checkKinds,
  elsewhere,
  finish,
  processes,
  sleep,
  tasks,
  thrown,
  timed,
} from './harness.ts';

export async function takeSix(queue: AnyQueue, start: AnyEvent, done: AnyEvent): Promise<void> {
  await start.wait();
  for (let i = 0; i < 6; i++) await queue.get();
  await done.set();
}
export async function giveFour(queue: AnyQueue, start: AnyEvent, done: AnyEvent): Promise<void> {
  await start.wait();
  for (const item of [2, 3, 4, 5]) await queue.put(item);
  await done.set();
}
export async function giveMore(queue: AnyQueue<number>): Promise<void> {
  for (let i = 10; i < 20; i++) await queue.put(i);
}
export async function work(queue: AnyJoinable<number | null>): Promise<number> {
  for (let done = 0; ; done++) {
    if ((await queue.get()) === null) return done;
    await sleep(0.005);
    await queue.taskDone();
  }
}
export async function echoSimple(queue: SimpleQueue<unknown>, answers: SimpleQueue<unknown>): Promise<void> {
  await answers.put(queue.empty());
  await answers.put(queue.empty());
  await answers.put(await queue.get());
}

/** The calls on a full or an empty queue: their error, and whether they waited. */
async function refusals(calls: readonly [() => unknown, number][], error: string): Promise<void> {
  for (const [call, seconds] of calls) {
    const [took, result] = await timed(call);
    assert.equal(result, error);
    assert.ok(took >= seconds - 0.02, `waits ${seconds}`);
  }
}

async function queues(): Promise<void> {
  await checkKinds('TestQueue.test_put', async (kind) => {
    const queue = await kind.queue(6);
    const [start, done] = [await kind.event(), await kind.event()];
    const taking = kind.run(takeSix, queue, start, done);
    assert.deepEqual([await queue.empty(), await queue.full()], [true, false]);
    await queue.put(1);
    await queue.put(2, { block: true });
    await queue.put(3, { timeout: 5 });
    await queue.put(4, { block: false });
    await queue.putNowait(5);
    await queue.put(6, { block: true, timeout: 5 });
    assert.deepEqual([await queue.empty(), await queue.full()], [false, true]);
    const calls: [() => unknown, number][] = [
      [() => queue.put(7, { block: false }), 0],
      [() => queue.putNowait(7), 0],
      [() => queue.put(7, { timeout: 0.1 }), 0.1],
      [() => queue.put(7, { block: false, timeout: 0.1 }), 0],
    ];
    await refusals(calls, 'Full');
    await start.set();
    await done.wait();
    assert.deepEqual([await queue.empty(), await queue.full()], [true, false]);
    await taking;
  });

  await checkKinds('TestQueue.test_get', async (kind) => {
    const queue = await kind.queue();
    const [start, done] = [await kind.event(), await kind.event()];
    const giving = kind.run(giveFour, queue, start, done);
    assert.equal(await queue.empty(), true);
    await start.set();
    await done.wait();
    assert.equal(await queue.empty(), false);
    assert.equal(await queue.get({ block: true }), 2);
    assert.equal(await queue.get({ timeout: 5 }), 3);
    assert.equal(await queue.get({ block: false }), 4);
    assert.equal(await queue.getNowait(), 5);
    assert.equal(await queue.empty(), true);
    const calls: [() => unknown, number][] = [
      [() => queue.get({ block: false }), 0],
      [() => queue.getNowait(), 0],
      [() => queue.get({ timeout: 0.1 }), 0.1],
      [() => queue.get({ block: false, timeout: 0.1 }), 0],
    ];
    await refusals(calls, 'Empty');
    await giving;
  });

  await checkKinds('TestQueue.test_fork', async (kind) => {
    const queue = await kind.queue<number>();
    for (let i = 0; i < 10; i++) await queue.put(i);
    await kind.run(giveMore, queue);
    const got: number[] = [];
    for (let i = 0; i < 20; i++) got.push(await queue.get());
    assert.deepEqual(
      got,
      Array.from({ length: 20 }, (_, i) => i),
    );
    assert.equal(await thrown(() => queue.get({ block: false })), 'Empty');
  });

  await checkKinds('TestQueue.test_qsize', async (kind) => {
    const queue = await kind.queue();
    const sizes = [await queue.qsize()];
    for (const step of [() => queue.put(1), () => queue.put(5), () => queue.get(), () => queue.get()]) {
      await step();
      sizes.push(await queue.qsize());
    }
    assert.deepEqual(sizes, [0, 1, 2, 1, 0]);
  });

  await checkKinds('TestQueue.test_task_done', async (kind) => {
    const queue = await kind.joinable<number | null>();
    const workers = [1, 2, 3, 4].map(() => kind.run(work, queue));
    for (let i = 0; i < 10; i++) await queue.put(i);
    await queue.join();
    for (const _ of workers) await queue.put(null);
    const done = await Promise.all(workers);
    assert.equal(
      done.reduce((sum, n) => sum + n, 0),
      10,
    );
  });

  await checkKinds('TestQueue.test_timeout', async (kind) => {
    const queue = await kind.queue();
    const [took, result] = await timed(() => queue.get({ block: true, timeout: 0.2 }));
    assert.equal(result, 'Empty');
    assert.ok(took >= 0.18);
  });

  await checkKinds(
    'TestQueue.test_queue_feeder_donot_stop_onexc',
    async (kind) => {
      const queue = await kind.queue<unknown>();
      assert.equal(await thrown(() => queue.put({ reason: () => {} })), 'SerializationError');
      await queue.put(true);
      assert.equal(await queue.get({ timeout: 5 }), true);
      assert.equal(await queue.empty(), true);
    },
    [processes, tasks],
  );

  await check('WithProcessesTestQueue.test_queue_feeder_on_queue_feeder_error', async () => {
    // The hook is the rejection of put itself: it has the error, and the queue goes on.
    const queue = new Queue<unknown>(1);
    const problem = await queue
      .put({
        get bad() {
          throw new RangeError('cannot be read');
        },
      })
      .catch((e: unknown) => e);
    assert.ok(problem instanceof RangeError);
    await queue.put('after');
    assert.equal(await queue.get({ timeout: 5 }), 'after');
  });

  await checkKinds(
    'TestQueue.test_closed_queue_put_get_exceptions',
    async (kind) => {
      for (const queue of [kind.queue(), kind.joinable()] as (AnyQueue & { close(): void })[]) {
        queue.close();
        assert.equal(await thrown(() => queue.put('late')), 'ValueError');
        assert.equal(await thrown(() => queue.get()), 'ValueError');
      }
    },
    [processes, tasks],
  );
}

async function simple(): Promise<void> {
  await check('TestSimpleQueue.test_empty', async () => {
    const [queue, answers] = [new SimpleQueue<unknown>(), new SimpleQueue<unknown>()];
    assert.equal(queue.empty(), true);
    const child = elsewhere(echoSimple, queue, answers);
    assert.equal(await answers.get(), true);
    assert.equal(await answers.get(), true);
    await queue.put('x');
    assert.equal(await answers.get(), 'x');
    await child;
    assert.equal(queue.empty(), true);
  });
  await check('TestSimpleQueue.test_close', () => {
    const queue = new SimpleQueue();
    queue.close();
    queue.close();
  });
  await check('TestSimpleQueue.test_closed', async () => {
    const queue = new SimpleQueue();
    queue.close();
    assert.equal(queue.closed, true);
    assert.equal(await thrown(() => queue.put(1)), 'ValueError');
    assert.equal(await thrown(() => queue.get()), 'ValueError');
  });
}

if (isMain(import.meta)) void queues().then(simple).then(finish);
