import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf } from '../../src/trace/format/records.ts';
import { lineOf, program, runTraced, temporaryDirectory } from './helpers.ts';

const MAIN = `const { Worker, isMainThread, workerData, parentPort } = require('node:worker_threads');
if (isMainThread) {
  const memory = new Int32Array(new SharedArrayBuffer(16), 4);
  new Worker(__filename, { workerData: memory });
  console.log(Atomics.wait(memory, 1, 7), Atomics.wait(memory, 1, 0, 1));
  console.log(Atomics.wait(memory, 2, 0));
  const later = Atomics.waitAsync?.(memory, 2, 0);
  if (later) later.value.then((v) => console.log('async', v));
  Atomics.notify(memory, 2);
  try { Atomics.wait(new Int32Array(4), 0, 0); } catch (error) { console.log(error.name); }
} else {
  while (Atomics.notify(workerData, 2, 1) === 0);
}
`;

test('waits and notifications of an element are one resource in all threads', async (t) => {
  const dir = temporaryDirectory(t);
  const file = program(dir, 'main.cjs', MAIN);
  const { code, stdout, stderr, trace } = await runTraced(t, process.execPath, [file]);
  assert.deepEqual([code, stderr, trace.problems, trace.damages], [0, '', [], []]);
  assert.match(stdout, /^not-equal timed-out\nok\n(TypeError\nasync ok|TypeError)\n$/);
  const waits = trace.of('waitAtomics');
  const ends = trace.of('waitEnd');
  const hasAsync = stdout.includes('async');
  const expected = ['wouldBlock', 'timeout', 'ok', ...(hasAsync ? ['ok'] : [])];
  const outcomes = waits.map((w) => outcomeOf(ends.find((e) => e.n === w.n)!.flags));
  assert.deepEqual(outcomes, expected);
  const keyOf = (r: { stream: { stream: string }; resource: number }) =>
    trace.resources.find((d) => d.stream === r.stream.stream && d.id === r.resource)?.key;
  const notifies = trace.of('notify').filter((r) => r.stream.threadId > 0);
  const woke = notifies.at(-1)!;
  assert.deepEqual([woke.n, woke.value], [1, 1]);
  assert.equal(keyOf(woke), keyOf(waits[2]!));
  assert.notEqual(keyOf(woke), keyOf(waits[0]!));
  assert.equal(trace.at(waits[2]!), `main.cjs:${lineOf(MAIN, 'Atomics.wait(memory, 2, 0)')}`);
});
