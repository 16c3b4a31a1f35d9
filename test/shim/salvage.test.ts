import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  program,
  run,
  runTraced,
  type Trace,
  Trace as TraceReader,
  temporaryDirectory,
  tracedEnv,
} from './helpers.ts';

/**
 * A worker that never comes to the end of a callback. It publishes as the runtime would, and counts in shared memory what it
 * has published: so many records there must be.
 */
const BUSY = `const { workerData } = require('node:worker_threads');
const { channel } = require('node:diagnostics_channel');
const counts = new Int32Array(workerData.counts);
const target = { key: 'q' + workerData.index, kind: 'queue', name: 'q' + workerData.index, capacity: 0 };
const send = channel('forkscope:send');
for (let n = 1; ; n++) {
  send.publish({ v: 1, op: 'send', target, n, value: 8, task: 0, sync: false, outcome: 'ok', site: 0 });
  Atomics.store(counts, workerData.index, n);
}`;
const PRELUDE = `const { Worker, isMainThread, workerData } = require('node:worker_threads');
const { once } = require('node:events');
const counts = new Int32Array(workerData?.counts ?? new SharedArrayBuffer(256));
const start = (index) => new Worker(__dirname + '/busy.cjs', { workerData: { counts: counts.buffer, index } });
const busy = (indexes, least = 3000) => new Promise((resolve) => {
  const look = () => (indexes.every((i) => Atomics.load(counts, i) >= least) ? resolve() : setTimeout(look, 1));
  look();
});
const tell = () => require('node:fs').writeSync(1, JSON.stringify([...counts]));
`;

async function runProgram(
  t: Parameters<typeof runTraced>[0],
  source: string,
): Promise<{ code: number | null; counts: number[]; trace: Trace }> {
  const dir = temporaryDirectory(t);
  program(dir, 'busy.cjs', BUSY);
  const file = program(dir, 'main.cjs', PRELUDE + source);
  const { code, stdout, trace } = await runTraced(t, process.execPath, [file]);
  return { code, counts: JSON.parse(stdout), trace };
}

/** Every record that the worker counted is there, in order, and nothing is said to be missing. */
function assertAllThere(trace: Trace, counts: readonly number[], workers: number): void {
  assert.deepEqual([trace.damages, trace.problems], [[], []]);
  for (let index = 0; index < workers; index++) {
    const sends = trace.named(`q${index}`, 'send').map((r) => r.n);
    assert.ok(sends.length >= counts[index]!, `worker ${index}: ${sends.length} of ${counts[index]}`);
    assert.ok(sends.length >= 3000);
    assert.deepEqual(
      sends,
      sends.map((_, i) => i + 1),
    );
  }
}

test('terminated in the middle of a callback', async (t) => {
  const { code, counts, trace } = await runProgram(
    t,
    `(async () => {
  const w = start(0);
  await busy([0]);
  await w.terminate();
  tell();
})();`,
  );
  assert.equal(code, 0);
  assertAllThere(trace, counts, 1);
  assert.equal(trace.of('childExit').length, 1);
});

test('process.exit in the main thread while workers run', async (t) => {
  const { code, counts, trace } = await runProgram(
    t,
    `(async () => {
  start(0); start(1); start(2);
  await busy([0, 1, 2]);
  process.on('exit', tell);
  process.exit(4);
})();`,
  );
  assert.equal(code, 4);
  assertAllThere(trace, counts, 3);
});

test('process.reallyExit, of which no listener hears', async (t) => {
  const { code, counts, trace } = await runProgram(
    t,
    `(async () => {
  start(0);
  await busy([0]);
  tell();
  process.reallyExit(5);
})();`,
  );
  assert.equal(code, 5);
  assertAllThere(trace, counts, 1);
});

test('an exception that nobody catches', async (t) => {
  const { code, counts, trace } = await runProgram(
    t,
    `(async () => {
  start(0);
  await busy([0]);
  process.on('exit', tell);
  setTimeout(() => { throw new Error('mine'); });
})();`,
  );
  assert.equal(code, 1);
  assert.deepEqual(
    trace.problems.map((p) => p.code),
    ['uncaughtException'],
  );
  trace.problems.length = 0;
  assertAllThere(trace, counts, 1);
});

test('a worker that keeps nothing alive, when the main thread has nothing to do any more', async (t) => {
  const { code, counts, trace } = await runProgram(
    t,
    `(async () => {
  start(0).unref();
  await busy([0]);
  process.on('exit', tell);
})();`,
  );
  assert.equal(code, 0);
  assertAllThere(trace, counts, 1);
});

test('the worker of a worker that is terminated', async (t) => {
  const { code, counts, trace } = await runProgram(
    t,
    `(async () => {
  if (!isMainThread) { start(0); start(1); return; }
  const outer = new Worker(__filename, { workerData: { counts: counts.buffer } });
  await busy([0, 1]);
  await outer.terminate();
  tell();
})();`,
  );
  assert.equal(code, 0);
  assertAllThere(trace, counts, 2);
  assert.equal(trace.streams.length, 4);
});

test('the worker of a worker, at the end of the process', async (t) => {
  const { code, counts, trace } = await runProgram(
    t,
    `(async () => {
  if (!isMainThread) { start(0); return; }
  new Worker(__filename, { workerData: { counts: counts.buffer } });
  await busy([0]);
  process.on('exit', tell);
  process.exit();
})();`,
  );
  assert.equal(code, 0);
  assertAllThere(trace, counts, 1);
});

test('workers that end before they have begun', async (t) => {
  const { code, trace } = await runProgram(
    t,
    `(async () => {
  for (let i = 0; i < 20; i++) {
    const w = start(0);
    if (i % 2) await new Promise((resolve) => setTimeout(resolve, i));
    await w.terminate();
  }
  start(1); start(2);
  tell();
  process.exit();
})();`,
  );
  assert.equal(code, 0);
  assert.deepEqual([trace.damages, trace.problems], [[], []]);
});

test('more workers at a time than one block of lanes takes', async (t) => {
  const { code, trace } = await runProgram(
    t,
    `(async () => {
  const all = Array.from({ length: 40 }, () => new Worker('require("node:worker_threads").parentPort.on("message", () => {})', { eval: true }));
  await Promise.all(all.map((w) => once(w, 'online')));
  tell();
  await Promise.all(all.map((w) => w.terminate()));
})();`,
  );
  assert.equal(code, 0);
  assert.deepEqual([trace.damages, trace.problems], [[], []]);
  assert.equal(trace.streams.length, 41);
});

test('what SIGKILL takes is said to be missing, and nothing else is', {
  skip: process.platform === 'win32' && 'only on systems with signals',
}, async (t) => {
  const dir = temporaryDirectory(t);
  const traceDir = temporaryDirectory(t);
  program(dir, 'busy.cjs', BUSY);
  const file = program(
    dir,
    'main.cjs',
    `${PRELUDE}start(0); busy([0]).then(() => process.kill(process.pid, 'SIGKILL'));`,
  );
  const { signal } = await run(process.execPath, [file], { env: tracedEnv(traceDir) });
  assert.equal(signal, 'SIGKILL');
  const trace = TraceReader.read(traceDir);
  const sends = trace.named('q0', 'send').map((r) => r.n);
  assert.deepEqual(
    sends,
    sends.map((_, i) => i + 1),
  );
  // `unreadable`: it was killed just as it made a file.
  const kinds = new Set(trace.damages.map((d) => d.kind));
  assert.ok(kinds.has('unended'));
  assert.deepEqual(
    [...kinds].filter((k) => k !== 'unended' && k !== 'unreadable'),
    [],
  );
});
