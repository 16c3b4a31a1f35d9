import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { follow, type Named, ofKind, sourcesOf } from './sources-helpers.ts';

const TIMEOUT = { timeout: 240_000 };

test('timers: when they fire, how often, and where they were made', TIMEOUT, async (t) => {
  const rest = await sourcesOf(
    t,
    `const { setTimeout: sleep } = require('node:timers/promises');
setTimeout(() => {}, 60_000);
setInterval(() => {}, 50_000).unref();
sleep(40_000);
globalThis.kept = AbortSignal.timeout(30_000); // A signal that nobody can see any more takes its timer along.
clearTimeout(setTimeout(() => {}, 20_000));
setTimeout(() => {}, 5);`,
    ({ list }) => list.length === 4,
  );
  assert.deepEqual(ofKind(rest, 'timer'), [
    { count: 1, ref: true, site: 'main.cjs:2' },
    { count: 1, ref: false, site: 'main.cjs:3', every: 50e9 },
    { count: 1, ref: true, site: 'main.cjs:4' },
    { count: 1, ref: false },
  ]);
  for (const [index, seconds] of [60, 50, 40, 30].entries()) {
    const { due = 0, since = due - seconds * 1e9 } = rest.list.filter(({ kind }) => kind === 'timer')[index]!;
    assert.ok(Math.abs(due - since - seconds * 1e9) < 5e9, `timer ${index}: ${(due - since) / 1e9} s`);
  }
});

test('a timer that fires without a record is told of no longer', TIMEOUT, async (t) => {
  const rest = await sourcesOf(
    t,
    `const { MessageChannel } = require('node:worker_threads');
new MessageChannel().port1.on('message', () => {});
setTimeout(() => {}, 700);`,
    ({ list, told }) => told > 1 && list.every(({ kind }) => kind !== 'timer'),
  );
  assert.deepEqual(
    rest.list.map(({ kind, site }) => `${kind} ${site}`),
    ['port main.cjs:2'],
  );
});

test('children, their pipes and their IPC channel, each with who listens', TIMEOUT, async (t) => {
  const rest = await sourcesOf(
    t,
    `const { fork, spawn } = require('node:child_process');
if (process.argv[2] === 'child') process.on('message', () => {});
else {
  const child = fork(__filename, ['child'], { stdio: ['pipe', 'pipe', 'inherit', 'ipc'] });
  child.on('exit', () => {});
  spawn('sleep', ['60'], { stdio: 'ignore' }).on('close', () => {}).unref();
}`,
    ({ list }) => list.some(({ detail }) => detail === undefined),
  );
  const child = 'fork node main.cjs child';
  assert.deepEqual(ofKind(rest, 'child'), [
    { child, count: 1, ref: true, site: 'main.cjs:4', listens: true, events: ['exit'] },
    { child: 'spawn sleep 60', count: 1, ref: false, site: 'main.cjs:6', listens: true, events: ['close'] },
  ]);
  assert.deepEqual(ofKind(rest, 'ipc'), [
    { child, count: 1, ref: true, site: 'main.cjs:4', listens: false, events: [], resource: 'ipc to parent' },
  ]);
  assert.deepEqual(ofKind(rest, 'stdio'), [
    { child, count: 1, ref: true, site: 'main.cjs:4', listens: true, resource: 'stdio stdout' },
  ]);
  assert.equal(rest.list.length, 4);
});

test('the end of a child whose pipes are still open', TIMEOUT, async (t) => {
  const rest = await sourcesOf(
    t,
    `const { spawn } = require('node:child_process');
spawn('sh', ['-c', 'sleep 60 &']).on('close', () => {});`,
    ({ list }) => list.some(({ state }) => state === 'exited'),
  );
  const child = 'spawn sh -c sleep 60 &';
  assert.deepEqual(ofKind(rest, 'child'), [
    { child, count: 1, ref: false, site: 'main.cjs:2', listens: true, events: ['close'], state: 'exited' },
  ]);
  assert.deepEqual(
    ofKind(rest, 'stdio').map(({ resource }) => resource),
    ['stdio stdout', 'stdio stderr'],
  );
});

test('signals that the program listens for, not Node’s own for its reports', TIMEOUT, async (t) => {
  const rest = await sourcesOf(
    t,
    `process.report.reportOnSignal = true;
process.on('SIGHUP', () => {});
setTimeout(() => {}, 60_000);`,
    ({ list }) => list.length > 1,
  );
  assert.deepEqual(
    ofKind(rest, 'signal').map(({ site, detail }) => `${site} ${detail}`),
    ['main.cjs:2 SIGHUP'],
  );
});

test('a worker that was told to end, and has not', TIMEOUT, async (t) => {
  const rest = await sourcesOf(
    t,
    // The thread cannot end while it is in a native call.
    `const { isMainThread, parentPort, Worker } = require('node:worker_threads');
if (isMainThread) {
  const worker = new Worker(__filename).once('message', () => setTimeout(() => worker.terminate(), 100));
} else {
  const sleep = require(${JSON.stringify(path.resolve('node_modules/koffi'))}).load('libc.so.6').func('int sleep(int)');
  parentPort.postMessage('asleep');
  setImmediate(() => sleep(60));
}`,
    ({ list }) => list.some(({ kind, state }) => kind === 'worker' && state !== undefined),
  );
  assert.deepEqual(
    ofKind(rest, 'worker').map(({ site, state }) => `${site} ${state}`),
    ['main.cjs:3 ending'],
  );
});

test('workers, ports and broadcasts, ref’d or not', TIMEOUT, async (t) => {
  const rest = await sourcesOf(
    t,
    `const { BroadcastChannel, MessageChannel, Worker } = require('node:worker_threads');
new Worker('setInterval(() => {}, 1000)', { eval: true }).on('message', () => {});
new Worker('setInterval(() => {}, 1000)', { eval: true }).unref();
new MessageChannel().port1.on('message', () => {});
new MessageChannel().port1.on('message', () => {}).unref();
new MessageChannel();
new BroadcastChannel('news').onmessage = () => {};`,
    ({ list }) => list.filter(({ kind }) => kind === 'worker').length === 2,
  );
  assert.deepEqual(
    ofKind(rest, 'worker').map(({ ref, site, events, resource }) => [ref, site, events, resource]),
    [
      [true, 'main.cjs:2', ['message'], 'port from worker [eval]'],
      [false, 'main.cjs:3', [], 'port from worker [eval]'],
    ],
  );
  assert.deepEqual(
    ofKind(rest, 'port').map(({ ref, site, events }) => [ref, site, events]),
    [
      [true, 'main.cjs:4', ['message']],
      [false, 'main.cjs:5', ['message']],
    ],
  );
  assert.deepEqual(
    ofKind(rest, 'broadcast').map(({ ref, site, detail }) => [ref, site, detail]),
    [[true, 'main.cjs:7', 'news']],
  );
  assert.equal(rest.list.length, 5);
});

/** What is done in other threads, and that no handle stands for. Each takes seconds. */
const POOLED: Readonly<Record<string, string>> = {
  pbkdf2: `crypto.pbkdf2('a', 'b', times(() => crypto.pbkdf2Sync('a', 'b', 20_000, 64, 'sha512'), 20_000), 64, 'sha512', done);`,
  scrypt: `crypto.scrypt('a', 'b', 64, { N: 2 ** 14, r: 8, p: times(() => crypto.scryptSync('a', 'b', 64), 1), maxmem: 2 ** 31 }, done);`,
  subtle: `crypto.subtle.importKey('raw', Buffer.from('a'), 'PBKDF2', false, ['deriveBits']).then((key) => crypto.subtle.deriveBits(
  { name: 'PBKDF2', salt: Buffer.from('b'), hash: 'SHA-512', iterations: times(() => crypto.pbkdf2Sync('a', 'b', 20_000, 64, 'sha512'), 20_000) }, key, 512)).then(done);`,
  brotli: `const part = crypto.randomBytes(2 ** 18); zlib.brotliCompress(Buffer.concat(Array(times(() => zlib.brotliCompressSync(part), 1)).fill(0).map(() => crypto.randomBytes(2 ** 18))), done);`,
  randomBytes: `const size = times(() => crypto.randomBytes(2 ** 20), 2 ** 20); crypto.randomFill(Buffer.allocUnsafe(Math.min(size, 2 ** 30)), done);`,
};

for (const [name, begin] of Object.entries(POOLED)) {
  test(`work in other threads wakes the thread that it is for: ${name}`, TIMEOUT, async (t) => {
    const isWork = ({ kind, detail }: Named): boolean =>
      kind === 'request' && detail === 'work in other threads';
    let seen = 0;
    let wrong = 0;
    const { rests } = await follow(
      t,
      `const crypto = require('node:crypto'); const zlib = require('node:zlib'); const { MessageChannel } = require('node:worker_threads');
const times = (once, unit) => { once(); const start = process.hrtime(); once(); const [s, ns] = process.hrtime(start); return Math.ceil(1.5 / (s + ns / 1e9)) * unit; };
new MessageChannel().port1.on('message', () => {});
const done = () => {};
${begin}`,
      ({ root }) => {
        if (root === undefined) return false;
        if (root.list.some(isWork)) seen++;
        else if (seen === 0 && root.complete) wrong++;
        return seen > 0 && root.complete && !root.list.some(isWork);
      },
    );
    assert.ok(seen > 0, 'it was told');
    assert.equal(wrong, 0, 'before that nothing was said to be complete');
    assert.deepEqual(
      rests.root?.list.map(({ kind }) => kind),
      ['port'],
    );
  });
}
