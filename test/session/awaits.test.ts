import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Finding, Report } from '../../src/model/types/index.ts';
import { BUNDLES, files, type Ran, scratch, start, until } from './support.ts';

const TIMEOUT = { timeout: 90_000 };

interface Traced {
  readonly run: Ran;
  findings(): readonly Finding[];
}

/** Runs a program under trace; `--awaits` unless `options` are given. */
function traced(t: TestContext, source: string, options: readonly string[] = ['--awaits']): Traced {
  const dir = scratch(t);
  files(dir, { 'main.mjs': source });
  const json = path.join(dir, 'report.json');
  const cli = [path.join(BUNDLES, 'cli.js'), 'run', ...options, '--json', json, 'main.mjs'];
  const run = start(t, process.execPath, cli, { cwd: dir });
  return { run, findings: () => (JSON.parse(readFileSync(json, 'utf8')) as Report).findings };
}

async function interrupted({ run }: Traced): Promise<void> {
  process.kill(-(run.child.pid ?? 0), 'SIGINT');
  await run.ended;
}

/** `line` of each place, sorted. */
function lines({ sites }: Finding): number[] {
  return [...new Set(sites.map(({ line }) => line))].sort((a, b) => a - b);
}

/** Two functions that take two promises as locks in both orders, and one whose request was dropped. */
const DEAD = `
class Mutex {
  #last = Promise.resolve();
  lock() {
    let unlock;
    const next = new Promise((resolve) => { unlock = resolve; });
    const turn = this.#last.then(() => unlock);
    this.#last = this.#last.then(() => next);
    return turn;
  }
}
const [a, b] = [new Mutex(), new Mutex()];
async function both(first, second) {
  const unlock = await first.lock();
  await new Promise((resolve) => setTimeout(resolve, 50));
  (await second.lock())();
  unlock();
}
both(a, b);
both(b, a);
const requests = new Map();
async function ask(key) {
  const answer = new Promise((resolve) => requests.set(key, resolve));
  return await answer;
}
ask('dropped');
ask('kept');
requests.delete('dropped');
setInterval(() => requests.size, 300);
`;

test(
  'what nothing can settle any more is told with its lines, live and in the report',
  TIMEOUT,
  async (t) => {
    const dead = traced(t, DEAD);
    await until('it is said', () => dead.run.err().includes('main.mjs:16 (2 times)'));
    await interrupted(dead);
    const found = dead.findings();
    assert.deepEqual(
      found.map(({ kind, certainty, blocking }) => `${kind} ${certainty} ${blocking}`),
      ['await-never-settles certain false'],
    );
    const [finding] = found as [Finding];
    assert.deepEqual(lines(finding), [16, 24]);
    // Of both functions that took the locks, and only of the request that was dropped.
    assert.match(finding.title, /main\.mjs:16 \(2 times\)/);
    assert.match(finding.title, /main\.mjs:24(?! \()/);
  },
);

test('nothing of it is recorded where it is not asked for', TIMEOUT, async (t) => {
  const quiet = traced(
    t,
    DEAD.replace('setInterval', 'setTimeout(() => process.exit(), 2500); setInterval'),
    [],
  );
  await quiet.run.ended;
  assert.deepEqual(quiet.findings(), [], quiet.run.err());
});

/** Awaits that stay open for seconds, each held in another way, and go on at the end. */
const ALIVE = `
import { execFile } from 'node:child_process';
import { pbkdf2 } from 'node:crypto';
import { once } from 'node:events';
import { promises as fs } from 'node:fs';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';

const MS = 4000;
const child = \`setTimeout(() => console.log('late'), \${MS})\`;
const pending = new Map();
const cache = new Map();
const ways = {
  async timer() { await new Promise((resolve) => setTimeout(resolve, MS)); },
  async sleep() { await sleep(MS); },
  async interval() {
    let n = 0;
    await new Promise((resolve) => { const i = setInterval(() => { if (++n > 8) { clearInterval(i); resolve(); } }, MS / 8); });
  },
  async child() { await promisify(execFile)(process.execPath, ['-e', child]); },
  async stream() {
    const { stdout } = execFile(process.execPath, ['-e', child]);
    for await (const text of stdout) void text;
  },
  async worker() { await once(new Worker(child, { eval: true }), 'exit'); },
  async socket() {
    const server = net.createServer((socket) => setTimeout(() => socket.end('x'), MS)).listen(0);
    await once(server, 'listening');
    await once(net.connect(server.address().port).resume(), 'close');
    server.close();
  },
  async native() { await promisify(pbkdf2)('a', 'b', 1_500_000, 64, 'sha512'); },
  async file() { for (const end = Date.now() + MS; Date.now() < end; await sleep(200)) await fs.stat('.'); },
  async signal() { await once(AbortSignal.timeout(MS), 'abort'); },
  async map() { await new Promise((resolve) => pending.set('a', resolve)); },
  async cached() {
    const promise = new Promise((resolve) => pending.set('b', resolve));
    cache.set('promise', new WeakRef(promise));
    await cache.get('promise').deref();
  },
  async race() { await Promise.race([sleep(MS), new Promise(() => {})]); },
  async generator() {
    async function* numbers() { await sleep(MS); yield 1; }
    for await (const n of numbers()) void n;
  },
};
setTimeout(() => { for (const resolve of pending.values()) resolve(); }, MS);
await Promise.all(Object.entries(ways).map(async ([name, way]) => { await way(); console.log(name); }));
`;

test('what can still be settled, however it is held, is not', TIMEOUT, async (t) => {
  const alive = traced(t, ALIVE);
  const { code } = await alive.run.ended;
  assert.equal(code, 0, alive.run.err());
  assert.equal(alive.run.out().split('\n').length, 16, alive.run.out());
  assert.deepEqual(alive.findings(), [], alive.run.err());
});

test('the line of the await in whose middle a process ended is told', TIMEOUT, async (t) => {
  const ended = traced(
    t,
    `
import { once } from 'node:events';
import { EventEmitter } from 'node:events';
async function ready(emitter) {
  await once(emitter, 'ready');
}
await ready(new EventEmitter());
`,
  );
  assert.deepEqual(await ended.run.ended, { code: 13, signal: null });
  const [finding, more] = ended.findings();
  assert.equal(more, undefined, ended.run.err());
  assert.equal(finding?.kind, 'unsettled-await');
  assert.deepEqual(lines(finding), [5, 7]);
  assert.match(finding.explanation, /it awaited at main\.mjs:7 and main\.mjs:5|main\.mjs:5 and main\.mjs:7/);
});

/** The parent asks its child under a promise lock, and the child asks back for what needs the same lock. */
const CIRCLE = `
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const waiting = [];
let peer;
const ask = (what) => new Promise((resolve) => { waiting.push(resolve); peer.send({ ask: what }); });
let last = Promise.resolve();
const locked = (work) => (last = last.then(work));
async function answer(what) {
  if (process.send) {
    const price = await ask('price');
    peer.send({ answer: price });
  } else {
    const price = await locked(() => 5);
    peer.send({ answer: price });
  }
}
const hear = (message) => (message.ask ? answer(message.ask) : waiting.shift()(message.answer));
if (process.send) {
  peer = process;
  process.on('message', hear);
} else {
  peer = fork(fileURLToPath(import.meta.url));
  peer.on('message', hear);
  const total = await locked(async () => await ask('total'));
  console.log(total);
}
`;

test(
  'a circle through promises and processes is one chain with the lines of all awaits',
  TIMEOUT,
  async (t) => {
    const circle = traced(t, CIRCLE);
    await until('it is said', () => circle.run.err().includes('crossed-acks (certain'));
    await interrupted(circle);
    const [finding, more] = circle.findings();
    assert.equal(more, undefined, circle.run.err());
    assert.equal(finding?.kind, 'crossed-acks');
    assert.ok(finding.blocking && finding.proof !== null);
    for (const line of [12, 15, 26]) assert.ok(lines(finding).includes(line), `${line} of ${lines(finding)}`);
    assert.equal(finding.chain.length, 2);
    for (const { text, source } of finding.chain) {
      assert.match(text, /awaits at main\.mjs:\d+/);
      assert.notEqual(source, null);
    }
  },
);
