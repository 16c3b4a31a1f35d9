import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Report } from '../../src/model/types/index.ts';
import { BUNDLES, files, scratch, start } from './support.ts';

const TIMEOUT = { timeout: 60_000 };

/** A thread that does `before`, and then sleeps in `Atomics.wait` until main wakes it, 3.5 s after it has said so. */
const program = (before: string, limit = 'undefined') => `
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
if (isMainThread) {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(__filename, { workerData: flag });
  worker.once('message', () => setTimeout(() => Atomics.notify(flag, 0), 3500));
} else {
  ${before};
  parentPort.postMessage('sleeps');
  setImmediate(() => Atomics.wait(workerData, 0, 0, ${limit}));
}
`;

async function findings(t: Parameters<typeof scratch>[0], source: string) {
  const dir = scratch(t);
  files(dir, { 'main.cjs': source });
  const json = path.join(dir, 'report.json');
  const run = start(t, process.execPath, [path.join(BUNDLES, 'cli.js'), 'run', '--json', json, 'main.cjs'], {
    cwd: dir,
  });
  assert.deepEqual(await run.ended, { code: 0, signal: null }, run.err());
  return (JSON.parse(readFileSync(json, 'utf8')) as Report).findings;
}

test(
  'a timer that its sleeping thread does not run is told, also when the thread has gone on',
  TIMEOUT,
  async (t) => {
    const [finding, more] = await findings(t, program("setTimeout(() => console.log('late'), 300)"));
    assert.equal(more, undefined);
    assert.equal(finding?.kind, 'timer-held-up');
    assert.equal(`${finding.certainty} ${finding.blocking}`, 'certain false');
    assert.deepEqual(
      finding.sites.map(({ role, line }) => `${role} ${line}`),
      ['created 8'],
    );
  },
);

const FINE: Readonly<Record<string, string>> = {
  'a thread that sleeps without timers': program(''),
  'a timer that was cleared': program('clearTimeout(setTimeout(() => {}, 300))'),
  'a timer that is due when the thread is awake again': program('setTimeout(() => {}, 5000)'),
  'an interval': program('const i = setInterval(() => {}, 200); setTimeout(() => clearInterval(i), 4000)'),
  'a thread that wakes by itself': program('setTimeout(() => {}, 300)', '3000'),
};
for (const [what, source] of Object.entries(FINE))
  test(`nothing is said of ${what}`, TIMEOUT, async (t) => {
    assert.deepEqual(await findings(t, source), []);
  });
