import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Barrier,
  Condition,
  Event,
  JoinableQueue,
  Lock,
  Pipe,
  Queue,
  RLock,
  Semaphore,
} from '../../src/runtime/index.ts';

const closed = (kind: string): { name: string; message: string } => ({
  name: 'ValueError',
  message: `${kind} is closed`,
});

test('closing a queue ends its waits, and they take nothing from what uses its memory next', async () => {
  const first = new Queue<string>();
  const getting = assert.rejects(first.get(), closed('queue'));
  first.close();
  await getting;
  const full = new Queue<string>(1);
  full.putSync('full');
  const putting = assert.rejects(full.put('one too many', { timeout: 60 }), closed('queue'));
  full.close();
  await putting;
  const jobs = new JoinableQueue<number>();
  jobs.putSync(1);
  const joining = assert.rejects(jobs.join(), closed('joinableQueue'));
  jobs.close();
  await joining;
  const iterated = new Queue<string>();
  const loop = assert.rejects(async () => {
    for await (const _ of iterated);
  }, closed('queue'));
  iterated.close();
  await loop;
  using next = new Queue<string>();
  next.putSync('for the next');
  assert.equal(await next.get({ timeout: 0 }), 'for the next');
});

test('closing locks and their relatives ends their waits', async () => {
  const [lock, rlock, semaphore] = [new Lock(), new RLock(), new Semaphore(0)];
  const [event, barrier, condition] = [new Event(), new Barrier(2), new Condition()];
  lock.acquireSync();
  await condition.acquire();
  const waits = [
    assert.rejects(lock.acquire(), closed('lock')),
    assert.rejects(semaphore.acquire(), closed('semaphore')),
    assert.rejects(event.wait(), closed('event')),
    assert.rejects(barrier.wait(), closed('barrier')),
    assert.rejects(condition.wait(), closed('condition')),
  ];
  await condition.lock.acquire();
  for (const handle of [lock, rlock, semaphore, event, barrier, condition]) handle.close();
  condition.lock.release();
  await Promise.all(waits);
  await condition.lock.acquire({ timeout: 60 });
});

test('closing an end of a pipe ends the waits of that end only', async () => {
  const [here, there] = Pipe<number>();
  const mine = assert.rejects(here.recv(), { name: 'OSError', message: 'handle is closed' });
  const polling = assert.rejects(here.poll(null), { name: 'OSError', message: 'handle is closed' });
  const theirs = assert.rejects(there.recv(), { name: 'EOFError' });
  here.close();
  await Promise.all([mine, polling, theirs]);
});

test('a second handle keeps the waits, and an end that comes back works', async () => {
  const courier = new Queue<Queue<string>>();
  const first = new Queue<string>();
  courier.putSync(first);
  const second = courier.getSync();
  const getting = first.get();
  first.close();
  second.putSync('still there');
  assert.equal(await getting, 'still there');

  courier.putSync(second);
  const refused = assert.rejects(second.get(), closed('queue'));
  second.close();
  // Opened anew before the waits have given up.
  const third = courier.getSync();
  await refused;
  await new Promise((resolve) => setImmediate(resolve));
  third.putSync('again');
  assert.equal(await third.get(), 'again');
});

test('a signal that is aborted already is refused before anything is done', async () => {
  const signal = AbortSignal.abort(new Error('too late'));
  const refused = { message: 'too late' };
  const [lock, semaphore, event, queue, barrier] = [
    new Lock(),
    new Semaphore(1),
    new Event(),
    new Queue<number>(),
    new Barrier(1),
  ];
  const [here, there] = Pipe<number>();
  event.set();
  await assert.rejects(lock.acquire({ signal }), refused);
  await assert.rejects(semaphore.acquire({ signal }), refused);
  await assert.rejects(event.wait({ signal }), refused);
  await assert.rejects(barrier.wait({ signal }), refused);
  await assert.rejects(queue.put(1, { signal }), refused);
  await assert.rejects(here.send(1, { signal }), refused);
  assert.deepEqual([lock.locked, semaphore.getValue(), queue.qsize()], [false, 1, 0]);
  assert.equal(there.pollSync(0), false);
  queue.putSync(1);
  there.sendSync(1);
  await assert.rejects(queue.get({ signal }), refused);
  await assert.rejects(here.recv({ signal }), refused);
  assert.deepEqual([queue.qsize(), here.recvSync()], [1, 1]);
});

test("Python's positional arguments are refused, instead of waiting for ever", async () => {
  const wrong = { name: 'TypeError', message: /^options are an object, as \{ block: false \}/ };
  const [lock, queue] = [new Lock(), new Queue<number>()];
  lock.acquireSync();
  assert.throws(() => lock.acquireSync(false as never), wrong);
  assert.throws(() => queue.getSync(2 as never), wrong);
  assert.throws(() => new Event().waitSync('2' as never), wrong);
  await assert.rejects(lock.acquire(false as never), wrong);
  await assert.rejects(queue.get(true as never), wrong);
  await assert.rejects(queue.put(1, false as never), wrong);
  assert.equal(queue.qsize(), 0);
});
