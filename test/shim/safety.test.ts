import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { program, run, runTraced, SHIM, Trace, temporaryDirectory, tracedEnv } from './helpers.ts';

/** Does everything that the shim looks at, and ends with 7. */
const BUSY = `const { spawnSync, spawn } = require('node:child_process');
const { Worker } = require('node:worker_threads');
console.log(spawnSync('echo', ['sync']).stdout.toString().trim());
spawn(process.execPath, ['-e', 'console.log("child")'], { stdio: 'inherit' }).on('exit', (code) => {
  console.log('ended', code);
  new Worker('console.log("worker")', { eval: true }).on('exit', () => { process.exitCode = 7; });
});`;
const BUSY_OUTPUT = 'sync\nchild\nended 0\nworker\n';

async function assertUnharmed(env: NodeJS.ProcessEnv, args: readonly string[] = []): Promise<void> {
  const { code, signal, stdout, stderr } = await run(process.execPath, [...args, '-e', BUSY], { env });
  assert.deepEqual(
    { code, signal, stdout, stderr },
    { code: 7, signal: null, stdout: BUSY_OUTPUT, stderr: '' },
  );
}

test('no trace directory', async (t) => {
  await assertUnharmed(tracedEnv(path.join(temporaryDirectory(t), 'gone')));
});

test('a file in place of the trace directory', async (t) => {
  await assertUnharmed(tracedEnv(program(temporaryDirectory(t), 'file', '')));
});

test('an unwritable trace directory', {
  skip: process.getuid?.() === 0 && 'only on accounts that are not root',
}, async (t) => {
  const dir = temporaryDirectory(t);
  fs.chmodSync(dir, 0o500);
  await assertUnharmed(tracedEnv(dir));
});

test('no session, or one that is not to be understood', async () => {
  for (const session of [
    undefined,
    '',
    'nonsense',
    '5',
    'null',
    '{}',
    '{"dir":5}',
    '{"dir":"/x","session":"s","shim":"x","origin":"y"}',
  ]) {
    await assertUnharmed({ NODE_OPTIONS: `--require "${SHIM}"`, FORKSCOPE_SESSION: session });
  }
});

test('options that are wrong', async (t) => {
  const dir = temporaryDirectory(t);
  const env = tracedEnv(dir, JSON.parse('{"include":5,"exclude":null,"maxStreamBytes":"x","callSites":7}'));
  await assertUnharmed(env);
});

test('frozen intrinsics: unharmed, and still traced with call sites', async (t) => {
  const dir = temporaryDirectory(t);
  const args = ['--frozen-intrinsics', '--no-warnings'];
  const file = program(dir, 'frozen.cjs', `require('node:child_process').spawnSync('true');\n`);
  const traceDir = path.join(dir, 'trace');
  fs.mkdirSync(traceDir);
  const { code, stderr, trace } = await runTraced(t, process.execPath, [...args, file], { traceDir });
  assert.deepEqual([code, stderr], [0, '']);
  assert.deepEqual(trace.problems, []);
  assert.deepEqual(
    trace.of('start').map((r) => trace.at(r)),
    ['frozen.cjs:1'],
  );
});

test('the trace directory is deleted midway: the program goes on', async (t) => {
  const dir = path.join(temporaryDirectory(t), 'trace');
  fs.mkdirSync(dir);
  const source = `const fs = require('node:fs');
fs.rmSync(${JSON.stringify(dir)}, { recursive: true });
const { channel } = require('node:diagnostics_channel');
const target = { key: 'q', kind: 'queue', name: 'q', capacity: 0 };
const send = channel('forkscope:send');
for (let n = 1; n <= 100000; n++) send.publish({ v: 1, op: 'send', target, n, value: 8, task: 0, sync: false, outcome: 'ok', site: 0 });
console.log('done');`;
  const result = await run(process.execPath, ['-e', source], { env: tracedEnv(dir) });
  assert.deepEqual(result, { code: 0, signal: null, stdout: 'done\n', stderr: '' });
  assert.ok(!fs.existsSync(dir));
});

/** Sends `count` messages, as the runtime would, and says how many. */
function sender(count: number): string {
  return `const { channel } = require('node:diagnostics_channel');
const target = { key: 'q', kind: 'queue', name: 'q', capacity: 0 };
const send = channel('forkscope:send');
for (let n = 1; n <= ${count}; n++) send.publish({ v: 1, op: 'send', target, n, value: 8, task: 0, sync: false, outcome: 'ok', site: 0 });
require('node:fs').writeSync(1, 'done\\n');`;
}

test('a full disk: the program goes on, and every record is there or counted as lost', {
  skip: process.platform === 'win32' && 'only on systems with signals',
}, async (t) => {
  const dir = temporaryDirectory(t);
  // The largest file may have 100 KiB: less than a segment wants.
  const command = `ulimit -f 100; exec "$0" "$@"`;
  const args = ['-c', command, process.execPath, '-e', sender(50_000)];
  const { code, stdout, stderr, trace } = await runTraced(t, 'bash', args, { traceDir: dir });
  assert.deepEqual([code, stdout, stderr], [0, 'done\n', '']);
  const sent = new Set(trace.of('send').map((r) => r.n));
  assert.ok(sent.size > 1000 && sent.size < 50_000, `${sent.size} fitted`);
  const lost = trace.damages.reduce((sum, d) => sum + d.count, 0);
  const unknown = trace.damages.some((d) => d.count === 0);
  assert.ok(unknown || sent.size + lost >= 50_000, `${sent.size} there, ${lost} told`);
  assert.ok(trace.damages.length > 0);
});

test('a size cap: the newest are there, the others are counted', async (t) => {
  const options = { maxStreamBytes: 256 * 1024 };
  const { trace } = await runTraced(t, process.execPath, ['-e', sender(50_000)], { options });
  const sends = trace.of('send');
  assert.equal(sends.at(-1)!.n, 50_000);
  const total = trace.of('total').find((r) => r.resource === sends[0]!.resource)!;
  assert.equal(total.n + sends.length, 50_000);
  assert.deepEqual([...new Set(trace.damages.map((d) => d.kind))], ['dropped']);
});

test('a program that replaces the same functions before and after', async (t) => {
  const source = `const c = require('node:child_process');
const before = c.spawnSync; let calls = 0;
c.spawnSync = function (...a) { calls++; return before.apply(this, a); };
const emit = process.emit; process.emit = function (...a) { if (a[0] === 'exit') console.log('mine', calls); return emit.apply(this, a); };
globalThis.setTimeout = () => { throw new Error('fake'); }; process.nextTick = () => { throw new Error('fake'); };
require('node:fs').writeSync = () => { throw new Error('fake'); };
require('node:fs').openSync = () => { throw new Error('fake'); };
performance.now = () => { throw new Error('fake'); };
c.spawnSync('true');`;
  const { code, stdout, stderr, trace } = await runTraced(t, process.execPath, ['-e', source]);
  assert.deepEqual([code, stdout, stderr], [0, 'mine 1\n', '']);
  assert.deepEqual(trace.problems, []);
  assert.equal(trace.of('start').length, 1);
  assert.equal(trace.of('processExit').length, 1);
});

test('a program that takes Buffer away sends as without the shim', async (t) => {
  const source = `const { fork } = require('node:child_process');
if (process.send) {
  Object.defineProperty(globalThis, 'Buffer', { get() { throw new Error('not for you'); } });
  process.send({ text: 'ü' }, () => process.disconnect());
} else fork(__filename).on('message', ({ text }) => console.log(text));`;
  const { stdout, stderr, trace } = await runTraced(t, process.execPath, [
    program(temporaryDirectory(t), 'main.cjs', source),
  ]);
  assert.deepEqual([stdout, stderr], ['ü\n', '']);
  assert.equal(trace.of('send')[0]?.value, Buffer.byteLength('{"text":"ü"}\n'));
});

test('hostile payloads on the runtime channels', async (t) => {
  const source = `const { channel } = require('node:diagnostics_channel');
const trap = new Proxy({}, { get() { throw new Error('no'); }, has() { throw new Error('no'); } });
for (const op of ['send', 'acquire', 'waitJoin', 'start', 'release', 'waitEnd', 'exiting'])
  for (const payload of [undefined, null, 5, {}, { v: 1 }, { v: 2, op }, trap, { v: 1, op, target: trap }, { v: 1, op, target: 5, n: NaN, value: 'x' }])
    channel('forkscope:' + op).publish(payload);
console.log('fine');`;
  const { code, stdout, stderr, trace } = await runTraced(t, process.execPath, ['-e', source]);
  assert.deepEqual([code, stdout, stderr], [0, 'fine\n', '']);
  assert.ok(trace.problems.every((p) => p.code === 'shim-runtime'));
  assert.deepEqual(trace.damages, []);
});

test('200 short children at once: all are there', async (t) => {
  const source = `const { spawn } = require('node:child_process');
let running = 0, left = 200;
const next = () => { while (running < 8 && left > 0) { left--; running++; spawn('true').on('exit', () => { running--; next(); }); } };
next();`;
  const { code, trace } = await runTraced(t, process.execPath, ['-e', source]);
  assert.equal(code, 0);
  assert.equal(trace.of('start').length, 200);
  assert.equal(trace.of('childExit').length, 200);
});

function newestSegment(dir: string): number {
  return Math.max(-1, ...fs.readdirSync(dir).map((n) => Number(/\.(\d+)\.fks$/.exec(n)?.[1] ?? -1)));
}

test('killed at random: what was written can be read, and the rest is said to be unknown', async (t) => {
  const source = sender(50e6);
  for (let i = 0; i < 5; i++) {
    const dir = temporaryDirectory(t);
    const file = path.join(dir, 'program.cjs');
    fs.writeFileSync(file, source);
    const options = { maxStreamBytes: 4 * 1024 * 1024 };
    let watch: NodeJS.Timeout | undefined;
    const onStart = (child: ChildProcess): void => {
      watch = setInterval(() => {
        if (newestSegment(dir) >= 2 + i) child.kill('SIGKILL');
      }, 2);
    };
    const { signal } = await run(process.execPath, [file], { env: tracedEnv(dir, options), onStart });
    clearInterval(watch);
    assert.equal(signal, 'SIGKILL');
    const trace = Trace.read(dir);
    const sends = trace.of('send');
    for (const [index, r] of sends.entries()) assert.equal(r.n, sends[0]!.n + index);
    assert.ok(sends.length > 100);
    assert.ok(trace.damages.some((d) => d.kind === 'unended'));
  }
});
