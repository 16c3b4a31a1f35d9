import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Model } from '../../src/model/index.ts';
import { openTrace } from '../../src/trace/reader/open.ts';
import { type Context, program, run, Trace, temporaryDirectory, tracedEnv } from './helpers.ts';

/** How long the words may take to come; then those of that moment are shown, ms. */
const PATIENCE_MS = 60_000;
const LIMIT = { timeout: 240_000 };

const MAIN = `const { MessageChannel } = require('node:worker_threads');
const { port1 } = new MessageChannel();
port1.on('message', () => {});
`;

/** Asks a live model until the process says what keeps it alive in the words that are waited for, or its time is up. */
async function keptAlive(dir: string, wanted: RegExp): Promise<string> {
  while (!fs.readdirSync(dir).some((name) => name.endsWith('.def'))) await delay(20);
  const end = performance.now() + PATIENCE_MS;
  const model = new Model();
  const reader = openTrace(dir);
  try {
    for (;;) {
      reader.poll(model);
      const words = model.processes()[0]?.keptAlive ?? '';
      if (wanted.test(words) || performance.now() > end) return words;
      await delay(20);
    }
  } finally {
    reader.close();
  }
}

async function killedAtRest(
  t: Context,
  source: string,
  wanted: RegExp,
): Promise<{ words: string; trace: Trace }> {
  const dir = temporaryDirectory(t);
  const file = program(temporaryDirectory(t), 'main.cjs', source);
  let words = Promise.resolve('');
  const { stderr, signal } = await run(process.execPath, [file], {
    env: tracedEnv(dir),
    onStart: (child) => {
      words = keptAlive(dir, wanted).finally(() => child.kill('SIGKILL'));
    },
  });
  assert.deepEqual([signal, stderr], ['SIGKILL', '']);
  return { words: await words, trace: Trace.read(dir) };
}

test('a process that rests says what keeps it alive', LIMIT, async (t) => {
  const wanted = /^message port \[main\.cjs:2\]$/;
  const { words } = await killedAtRest(t, MAIN, wanted);
  assert.match(words, wanted);
});

test('nothing is missing of a server that is killed while it rests', LIMIT, async (t) => {
  const wanted = /^server \(.*:\d+\) \[main\.cjs:1\]$/;
  const { words, trace } = await killedAtRest(t, "require('node:net').createServer().listen(0);", wanted);
  assert.match(words, wanted);
  assert.deepEqual(trace.damages, []);
});

test('worker threads keep it alive, but not those that were unref’d', LIMIT, async (t) => {
  const wanted = /^worker thread \(\[eval\] 1\) \[main\.cjs:2\]$/;
  const { words } = await killedAtRest(
    t,
    `const { Worker } = require('node:worker_threads');
     const start = () => new Worker('setInterval(() => {}, 1000)', { eval: true });
     start();
     start().unref();`,
    wanted,
  );
  assert.match(words, wanted);
});

test('pipes that nobody reads or writes keep nothing alive', LIMIT, async (t) => {
  const port = /^message port \[main\.cjs:2\]$/;
  const { words } = await killedAtRest(t, `console.log('to a pipe');${MAIN}`, port);
  assert.match(words, port);
  const reader = /^child process \(.*\) \[main\.cjs:1\], stdio pipe \(.*stdout\)/;
  const parent = await killedAtRest(
    t,
    "require('node:child_process').spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'pipe', 'ignore'] });",
    reader,
  );
  assert.match(parent.words, reader);
});
