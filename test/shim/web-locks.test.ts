import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FLAG, outcomeOf } from '../../src/trace/format/records.ts';
import { lineOf, nodeAtLeast, program, runTraced, temporaryDirectory } from './helpers.ts';

const MAIN = `import { once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
const { locks } = navigator;
if (isMainThread) {
  let worker;
  await locks.request('mine', async () => {
    const refused = await locks.request('mine', { ifAvailable: true }, (lock) => lock);
    worker = new Worker(new URL(import.meta.url));
    await once(worker, 'message');
    console.log(refused);
  });
  // It has the lock for a moment.
  await once(worker, 'exit');
  const last = await locks.request('mine', { ifAvailable: true }, (lock) => lock.name);
  const failed = await locks.request('mine', () => { throw new Error('of the program'); }).catch((e) => e.message);
  console.log(last, failed);
} else {
  // A wait for a lock keeps no thread alive.
  const keep = setInterval(() => {}, 1000);
  const mine = locks.request('mine', () => {});
  parentPort.postMessage('asked');
  await mine;
  clearInterval(keep);
}
`;

test('who waits for a web lock and who has it', {
  skip: !nodeAtLeast(24) && 'only on Node 24 and later',
}, async (t) => {
  const dir = temporaryDirectory(t);
  const file = program(dir, 'main.mjs', MAIN);
  const { code, stdout, stderr, trace } = await runTraced(t, process.execPath, [file]);
  assert.deepEqual([code, stderr, stdout], [0, '', 'null\nmine of the program\n']);
  assert.deepEqual([trace.problems, trace.damages], [[], []]);
  const acquired = trace.of('acquire').sort((a, b) => a.n - b.n);
  assert.deepEqual(
    acquired.map((r) => r.n),
    [1, 2, 3, 4],
  );
  assert.deepEqual(
    acquired.map((r) => (r.flags & FLAG.timeout) !== 0),
    [false, false, true, false],
    'which would have been given up',
  );
  const released = trace.of('release').map((r) => r.n);
  assert.deepEqual(released.sort(), [1, 2, 3, 4]);
  assert.equal(acquired.filter((r) => r.stream.threadId > 0).length, 1);
  assert.equal(trace.of('waitAcquire').length, 5);
  const outcomes = trace.of('waitEnd').map((r) => outcomeOf(r.flags));
  assert.deepEqual(outcomes.sort(), ['ok', 'ok', 'ok', 'ok', 'wouldBlock']);
  assert.equal(trace.at(acquired[0]!), `main.mjs:${lineOf(MAIN, "request('mine', async")}`);
});
