import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Model } from '../../src/model/index.ts';
import { openTrace } from '../../src/trace/reader/open.ts';
import { type Context, program, run, Trace, temporaryDirectory, tracedEnv } from './helpers.ts';

const MAIN = `const { MessageChannel } = require('node:worker_threads');
const { port1 } = new MessageChannel();
port1.on('message', () => {});
`;

/** Asks a live model until the process says what keeps it alive, and V8's own threads have done what they had to do. */
async function keptAlive(dir: string): Promise<string> {
  while (!fs.readdirSync(dir).some((name) => name.endsWith('.def'))) await delay(20);
  const model = new Model();
  const reader = openTrace(dir);
  try {
    for (;;) {
      reader.poll(model);
      const words = model.processes()[0]?.keptAlive ?? '';
      if (words !== '' && !words.includes('work in other threads')) return words;
      await delay(20);
    }
  } finally {
    reader.close();
  }
}

async function killedAtRest(t: Context, source: string): Promise<{ words: string; trace: Trace }> {
  const dir = temporaryDirectory(t);
  const file = program(temporaryDirectory(t), 'main.cjs', source);
  let words = Promise.resolve('');
  const { stderr, signal } = await run(process.execPath, [file], {
    env: tracedEnv(dir),
    onStart: (child) => {
      words = keptAlive(dir).finally(() => child.kill('SIGKILL'));
    },
  });
  assert.deepEqual([signal, stderr], ['SIGKILL', '']);
  return { words: await words, trace: Trace.read(dir) };
}

test('a process that rests says what keeps it alive', { timeout: 240_000 }, async (t) => {
  const { words } = await killedAtRest(t, MAIN);
  assert.equal(words, 'message port [main.cjs:2]');
});

test('nothing is missing of a server that is killed while it rests', { timeout: 240_000 }, async (t) => {
  const { words, trace } = await killedAtRest(t, "require('node:net').createServer().listen(0);");
  assert.match(words, /^server \(.*:\d+\) \[main\.cjs:1\]$/);
  assert.deepEqual(trace.damages, []);
});

test('worker threads keep it alive, but not those that were unref’d', { timeout: 240_000 }, async (t) => {
  const { words } = await killedAtRest(
    t,
    `const { Worker } = require('node:worker_threads');
     const start = () => new Worker('setInterval(() => {}, 1000)', { eval: true });
     start();
     start().unref();`,
  );
  assert.equal(words, 'worker thread ([eval] 1) [main.cjs:2]');
});

test('pipes that nobody reads or writes keep nothing alive', { timeout: 240_000 }, async (t) => {
  const { words } = await killedAtRest(t, `console.log('to a pipe');${MAIN}`);
  assert.equal(words, 'message port [main.cjs:2]');
  const parent = await killedAtRest(
    t,
    "require('node:child_process').spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'pipe', 'ignore'] });",
  );
  assert.match(
    parent.words,
    /^1 pipe or IPC channel, 1 child process$|^1 child process, 1 pipe|^child process \(.*\) \[main\.cjs:1\], stdio pipe \(.*stdout\)/,
  );
});
