import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { files, scratch, until } from '../session/support.ts';
import { cli, EXAMPLES, lineOf, run } from './support.ts';

async function stacksOf(t: TestContext, trace: string, ...options: string[]): Promise<string> {
  const ran = cli(t, ['stacks', trace, ...options]);
  assert.equal((await ran.ended).code, 0, ran.err());
  return ran.out();
}

test('the stacks of a deadlock that was ended are as of then: both at one line, and who holds', async (t) => {
  const trace = path.join(scratch(t), 'trace');
  const file = path.join(EXAMPLES, 'deadlock.ts');
  const ran = run(t, ['--trace', trace, '--no-report', '--on-deadlock', 'kill', file]);
  assert.equal((await ran.ended).code, 3, ran.err());
  const out = await stacksOf(t, trace);
  const line = lineOf(file, 'to.acquire()');
  assert.match(out, new RegExp(`^2 ×\\n  transfer .*deadlock\\.ts:${line}\\n`, 'm'));
  assert.match(out, /^ {2}waits for lock bob, held by bob-to-alice: alice-to-bob$/m);
  assert.match(out, /^ {2}waits for lock alice, held by alice-to-bob: bob-to-alice$/m);
  assert.match(out, /waits for the end of alice-to-bob: deadlock\.ts/);
});

const WORKERS = `
const { Worker, isMainThread, workerData, parentPort, MessageChannel } = require('node:worker_threads');
if (isMainThread) {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  for (let i = 0; i < 12; i++) new Worker(__filename, { workerData: shared });
} else {
  parentPort.on('message', () => {}); // listens
  Atomics.add(workerData, 0, 1);
  if (Atomics.load(workerData, 0) === 12) require('node:fs').writeSync(1, 'all listen');
}
`;

test('equal workers of a running program are one row with their number', async (t) => {
  const dir = scratch(t);
  files(dir, { 'main.cjs': WORKERS });
  const trace = path.join(dir, 'trace');
  const ran = run(t, ['--trace', trace, '--no-report', path.join(dir, 'main.cjs')]);
  await until('all listen', () => ran.out().includes('all listen'));
  const line = lineOf(path.join(dir, 'main.cjs'), '// listens');
  let out = '';
  // Before they rest they are twelve that run.
  do out = await stacksOf(t, trace);
  while (!/12 × waits for a message of its parent/.test(out));
  assert.match(out, new RegExp(`^12 ×\\n.*main\\.cjs:${line}$`, 'm'));
  assert.match(out, /^ {2}12 × waits for a message of its parent thread: thread .* and \d+ more$/m);
  assert.ok(out.split('\n').length < 20, out);
  const { groups } = JSON.parse(await stacksOf(t, trace, '--json'));
  assert.ok(groups.some((group: { count: number }) => group.count === 12));
});

const POOL = `
const { fork } = require('node:child_process');
if (process.argv[2] === undefined) {
  for (let i = 0; i < 8; i++) fork(__filename, [String(i)]);
} else process.on('message', () => {}); // each of its own channel
`;

test('many that wait at one line, each for a thing of its own, are one row as well', async (t) => {
  const dir = scratch(t);
  files(dir, { 'main.cjs': POOL });
  const trace = path.join(dir, 'trace');
  run(t, ['--trace', trace, '--no-report', path.join(dir, 'main.cjs')]);
  let out = '';
  do out = (await cli(t, ['stacks', trace]).ended).code === 0 ? await stacksOf(t, trace) : '';
  while (!/8 × waits for a message/.test(out));
  assert.match(out, /8 × waits for the end of child process/, out);
});

test('of a program that has ended nothing stands any more', async (t) => {
  const dir = scratch(t);
  files(dir, { 'main.cjs': "console.log('done')" });
  const trace = path.join(dir, 'trace');
  await run(t, ['--trace', trace, '--no-report', path.join(dir, 'main.cjs')]).ended;
  assert.equal(await stacksOf(t, trace), 'No thread of the program is there any more.\n');
});

test('a folder that holds no trace is refused as by every other command', async (t) => {
  const dir = scratch(t);
  for (const [given, message] of [
    [dir, /holds no Forkscope trace/],
    [path.join(dir, 'nosuch'), /no trace directory/],
  ] as const) {
    const ran = cli(t, ['stacks', given]);
    assert.equal((await ran.ended).code, 2);
    assert.match(ran.err(), message);
    assert.equal(ran.out(), '');
  }
});
