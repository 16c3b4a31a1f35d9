import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { captureFrames } from '../../src/shim/sites/stack.ts';
import { program, RUNTIME, runTraced, temporaryDirectory } from './helpers.ts';

/** Runs a program whose `index` packages and files are given; stderr must stay empty. */
async function traced(t: TestContext, files: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const dir = temporaryDirectory(t);
  for (const [name, source] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    program(dir, name, source);
  }
  const main = path.join(dir, Object.keys(files)[0]!);
  const { code, stdout, stderr, trace } = await runTraced(t, process.execPath, [...args, main], { cwd: dir });
  assert.deepEqual([code, stderr], [0, '']);
  return { stdout, trace, dir };
}

test('callers in other functions, files and asynchronous functions are in the stack of a spawn', async (t) => {
  const { trace } = await traced(t, {
    'main.mjs': `import { run } from './run.mjs';
async function outer() {
  await new Promise((r) => setTimeout(r, 1));
  await middle();
}
async function middle() {
  await null;
  run('true');
}
await outer();
`,
    'run.mjs': `import { spawnSync } from 'node:child_process';
export function run(command) {
  return [command].map((c) => spawnSync(c));
}
`,
  });
  const [start] = trace.of('start');
  assert.deepEqual(trace.stack(start!).slice(0, 5), [
    'run.mjs:3',
    'run run.mjs:3',
    'middle main.mjs:8',
    'async outer main.mjs:4',
    'async main.mjs:10',
  ]);
});

test('frames of Node, the tracer and the runtime are left out, those of a package are folded into one', async (t) => {
  const { trace } = await traced(t, {
    'main.cjs': `const { limit } = require('helper');
const { Lock } = require(${JSON.stringify(RUNTIME)});
const lock = new Lock({ name: 'own' });
function work() { lock.acquireSync(); lock.release(); }
limit(work);
`,
    'node_modules/helper/index.js': `const inner = (fn) => fn();
exports.limit = (fn) => outer(fn);
function outer(fn) { return inner(fn); }
`,
    'node_modules/helper/package.json': '{}',
  });
  const [acquire] = trace.of('acquire');
  assert.deepEqual(trace.stack(acquire!), ['work main.cjs:4', '[helper] inner index.js:1', 'main.cjs:5']);
});

test('the nearest 16 frames are kept', async (t) => {
  const { trace } = await traced(t, {
    'main.cjs': `const { spawnSync } = require('node:child_process');
function deep(n) { return n === 0 ? spawnSync('true') : deep(n - 1); }
deep(100);
`,
  });
  const [start] = trace.of('start');
  assert.deepEqual(trace.stack(start!), Array(16).fill('deep main.cjs:2'));
});

test('waits of the runtime show who awaits them, through its own asynchronous functions', async (t) => {
  const { trace } = await traced(t, {
    'main.mjs': `import { createRequire } from 'node:module';
const { Condition, Event, Lock, Queue, Semaphore, Barrier, JoinableQueue } = createRequire(import.meta.url)(${JSON.stringify(RUNTIME)});
const lock = new Lock();
const event = new Event();
const condition = new Condition();
const queue = new Queue();
const full = new Queue(1);
const joinable = new JoinableQueue();
const semaphore = new Semaphore(0);
const barrier = new Barrier(2);
async function inner(wait) {
  await null;
  await wait();
}
async function outer(wait) {
  await inner(wait);
}
await lock.acquire();
await full.put(1);
await joinable.put(1);
const all = [
  outer(() => lock.acquire()),
  outer(() => event.wait()),
  outer(async () => {
    await condition.acquire();
    await condition.wait();
    condition.release();
  }),
  outer(() => queue.get()),
  outer(() => full.put(2)),
  outer(() => joinable.join()),
  outer(() => semaphore.acquire()),
  outer(() => barrier.wait()),
];
await new Promise((r) => setTimeout(r, 100));
lock.release();
event.set();
await condition.acquire();
condition.notify();
condition.release();
await queue.put(1);
await full.get();
await joinable.get();
joinable.taskDone();
semaphore.release();
await barrier.wait();
await Promise.all(all);
`,
  });
  for (const kind of [
    'waitAcquire',
    'waitEvent',
    'waitCondition',
    'waitReceive',
    'waitSend',
    'waitTaskDone',
    'waitBarrier',
  ] as const) {
    const stacks = trace.of(kind).map((r) => trace.stack(r).join(', '));
    assert.ok(
      stacks.some((s) => /inner main\.mjs:13.*async outer main\.mjs:16/.test(s)),
      `${kind}: ${stacks.join(' | ')}`,
    );
  }
});

test('what the runtime does later shows who called it: starts, workers of a pool, tasks', async (t) => {
  const { trace } = await traced(t, {
    'main.mjs': `import { createRequire } from 'node:module';
import { one } from './target.mjs';
const { isMain, Pool, Process } = createRequire(import.meta.url)(${JSON.stringify(RUNTIME)});
async function starts() {
  const process = new Process({ target: one, args: [1], name: 'child' });
  await process.start();
  await process.join();
}
async function maps() {
  const pool = new Pool({ processes: 1, name: 'squares' });
  const sums = pool.mapAsync(one, [1, 2]);
  const first = pool.imap(one, [1, 2, 3]);
  for await (const _ of first);
  await sums;
  pool.close();
  await pool.join();
}
if (isMain(import.meta)) {
  await starts();
  await maps();
}
`,
    'target.mjs': 'export function one(n) { return n; }\n',
  });
  const started = trace.of('start').map((r) => [trace.childOf(r)?.name, ...trace.stack(r)]);
  assert.deepEqual(started, [
    ['child', 'starts main.mjs:6', 'main.mjs:19'],
    ['PoolWorker-1', 'maps main.mjs:10', 'main.mjs:20'],
  ]);
  const submitted = new Set(trace.of('submit').map((r) => trace.stack(r).join(', ')));
  assert.deepEqual(submitted, new Set(['maps main.mjs:11, main.mjs:20', 'maps main.mjs:12, main.mjs:20']));
});

test('pairs of a lock that follow each other fast do not show a stack each; after a pause they do', async (t) => {
  const { trace } = await traced(t, {
    'main.cjs': `const { Lock } = require(${JSON.stringify(RUNTIME)});
const lock = new Lock({ name: 'hot' });
function pair() { lock.acquireSync(); lock.release(); }
for (let i = 0; i < 20_000; i++) pair();
const until = Date.now() + 20;
while (Date.now() < until);
lock.acquireSync();
`,
  });
  const acquisitions = trace.named('hot', 'acquire');
  const pairs = trace.named('hot', 'pairs');
  const sampled = [...acquisitions, ...pairs].filter((r) => (r.flags & 0x20) !== 0);
  assert.ok(sampled.length > 0, 'places are repeated where pairs come fast');
  const last = acquisitions.at(-1)!;
  assert.deepEqual([trace.at(last), last.flags & 0x20], ['main.cjs:7', 0]);
});

for (const [name, prepare] of [
  ['absent', undefined],
  ['a plain property', { value: () => 'mine', writable: true, enumerable: true, configurable: true }],
  ['an accessor', { get: () => undefined, set: () => assert.fail('set'), configurable: true }],
] as const) {
  test(`taking a stack leaves Error as it was: prepareStackTrace is ${name}`, () => {
    const own = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
    try {
      if (prepare) Object.defineProperty(Error, 'prepareStackTrace', prepare);
      else Reflect.deleteProperty(Error, 'prepareStackTrace');
      const before = Object.getOwnPropertyDescriptors(Error);
      const frames = (function taken() {
        return captureFrames(taken, 3);
      })();
      assert.equal(frames.length, 3);
      assert.match(frames[0]?.getFileName() ?? '', /stacks\.test\.ts/);
      assert.deepEqual(Object.getOwnPropertyDescriptors(Error), before);
    } finally {
      Reflect.deleteProperty(Error, 'prepareStackTrace');
      if (own) Object.defineProperty(Error, 'prepareStackTrace', own);
    }
  });
}
