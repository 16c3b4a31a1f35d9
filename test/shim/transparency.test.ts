import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program, type Result, run, runTraced, temporaryDirectory } from './helpers.ts';

/** Programs that end in every way that there is. Each is run without and with the shim. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'natural end': `console.log('out'); console.error('err');`,
  'exit code set': `process.exitCode = 5;`,
  'exit at top level': `process.exit(3);`,
  'exit in a listener of exit': `process.on('exit', () => process.exit(9));`,
  'exit code changed in a listener of exit': `process.on('exit', (c) => { console.log(c); process.exitCode = 8; });`,
  'exit before the end': `process.on('beforeExit', () => { console.log('before'); process.exit(4); });`,
  'exit in nextTick': `process.nextTick(() => process.exit(6)); process.on('exit', () => console.log('bye'));`,
  'exit in a microtask': `Promise.resolve().then(() => process.exit(6));`,
  'exit in a timer': `setTimeout(() => process.exit(7), 5); setInterval(() => {}, 1000);`,
  'uncaught exception': `setImmediate(() => { throw new Error('boom'); });`,
  'exception at once': `throw new TypeError('early');`,
  'exception in an exit listener': `process.on('exit', () => { throw new Error('late'); });`,
  'handled exception': `process.on('uncaughtException', (e) => console.log(e.message)); setTimeout(() => { throw new Error('x'); }, 1);`,
  'unhandled rejection': `Promise.reject(new Error('nobody cares'));`,
  'killed by SIGTERM': `process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);`,
  'killed by SIGKILL': `process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);`,
  'handles SIGTERM': `process.on('SIGTERM', (...a) => { console.log(a); process.exit(2); }); setInterval(() => {}, 1000); process.kill(process.pid);`,
  'never settles': `await new Promise(() => {});`,
  reallyExit: `process.reallyExit(17);`,
  'syntax error': `let let = 1;`,
  'listeners as without': `console.log(process.eventNames(), process.listenerCount('exit'), process._getActiveHandles().length, process.getActiveResourcesInfo());`,
  'functions look the same': `const c = await import('node:child_process'); const w = await import('node:worker_threads');
for (const f of [c.spawnSync, c.execSync, c.execFileSync, c.ChildProcess.prototype.spawn, process.kill, process.emit, process.reallyExit, w.Worker]) console.log(f.name, f.length, typeof f);
console.log(Object.keys(process).includes('emit'), Object.keys(c.ChildProcess.prototype), w.Worker === w.Worker.prototype.constructor);
class Mine extends w.Worker {}; const m = new Mine('', { eval: true }); console.log(m instanceof Mine, m instanceof w.Worker, m.constructor === Mine);`,
  'errors of arguments': `const c = await import('node:child_process'); const w = await import('node:worker_threads');
for (const f of [() => c.spawnSync(), () => c.spawnSync(5), () => c.spawnSync('x', 'y'), () => c.execSync({}), () => c.execFileSync('x', [], 5), () => c.spawn(''), () => new w.Worker(5), () => new w.Worker('rel.js'), () => w.Worker('x'), () => process.kill('x'), () => process.kill(1, 'SIGNONE')])
  try { f(); console.log('fine'); } catch (e) { console.log(e.name, e.code, e.message); }`,
  'sync spawns return the same': `const c = await import('node:child_process');
const show = (f) => { try { const r = f(); console.log(r === null ? r : r.pid ? [r.status, r.signal, String(r.stdout), String(r.stderr), Object.keys(r)] : r); } catch (e) { console.log(e.message, e.status, e.signal, e.code); } };
show(() => c.execSync('echo a')); show(() => c.execSync('exit 3', { stdio: 'pipe' })); show(() => c.execFileSync('echo', { encoding: 'utf8' }));
show(() => c.execFileSync('echo', ['b'])); show(() => c.spawnSync('echo', ['c'], { stdio: 'pipe' })); show(() => c.spawnSync('cat', { input: 'in' })); show(() => c.spawnSync('nope'));
show(() => c.spawnSync('sleep', ['9'], { timeout: 20 })); show(() => c.spawnSync('echo', undefined, { encoding: 'utf8' })); show(() => c.execSync('printf %s "$X"', { env: { X: 'own', PATH: process.env.PATH } }).toString());`,
  'input is passed': `process.stdin.on('data', (d) => console.log(String(d).length)).on('end', () => console.log('end'));`,
  'stack traces are whole': `function a() { throw new Error('deep'); } try { a(); } catch (e) { console.log(e.stack.split('\\n').length, Error.stackTraceLimit); }`,
  'own prepareStackTrace survives': `const mine = (e, s) => s.length; Error.prepareStackTrace = mine; require('node:child_process').spawnSync('true'); console.log(Error.prepareStackTrace === mine, new Error().stack > 0);`,
  // Node keeps on a socket what it was once asked of its addresses. They rest for long enough to be looked at.
  'sockets after a rest': `const net = require('node:net'); const os = require('node:os'); const path = require('node:path');
const asked = {}; for (const kind of ['Socket', 'Server']) { const { address } = net[kind].prototype; net[kind].prototype.address = function () { asked[kind] = (asked[kind] ?? 0) + 1; return address.call(this); }; }
const pipe = path.join(process.platform === 'win32' ? '\\\\\\\\.\\\\pipe' : os.tmpdir(), 'forkscope-test-' + process.pid);
const talk = (where, next) => {
  let here; const server = net.createServer((there) => setTimeout(() => { here.destroy(); there.destroy(); server.close(); setImmediate(() => {
    for (const s of [here, there]) console.log(s.remoteAddress, s.remotePort, s.remoteFamily, s.localAddress, s.localPort, s._peername, s._sockname, Object.getOwnPropertyNames(s).length, Object.getOwnPropertySymbols(s).length);
    console.log(asked, typeof Object.getOwnPropertyDescriptor(globalThis, 'performance').get); next?.();
  }); }, 400));
  server.listen(where, '127.0.0.1', () => { const out = {}; if (where === 0) server._handle.getsockname(out); here = net.connect(out.port ?? where); here.on('data', () => {}); });
};
talk(0, () => talk(pipe));`,
  'many children': `const { spawn } = require('node:child_process'); let left = 10; for (let i = 0; i < 10; i++) spawn('true').on('exit', (c) => { console.log(c); if (--left === 0) console.log('all'); });`,
  'fork and talk': `const c = require('node:child_process');
if (process.argv[2] !== 'child') { const p = c.fork(__filename, ['child']); p.on('message', (m) => { console.log(m); p.disconnect(); }).on('exit', (...a) => console.log(a)); p.send({ a: 1 }); }
else process.on('message', (m) => process.send({ got: m, listeners: process.eventNames().length }));`,
  'worker talks': `const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
if (isMainThread) { const w = new Worker(__filename, { workerData: 7, env: { ONLY: 'mine' } }); w.on('message', (m) => console.log(m)).on('exit', (c) => console.log('exit', c)); }
else parentPort.postMessage([workerData, process.env, process.execArgv, require('node:worker_threads').getEnvironmentData('x')]);`,
  'terminated worker': `const { Worker } = require('node:worker_threads'); const w = new Worker('setInterval(() => {}, 1000)', { eval: true }); w.on('online', async () => console.log(await w.terminate()));`,
  'shares env with a worker': `const { Worker, SHARE_ENV } = require('node:worker_threads'); const w = new Worker('process.env.SET = "by worker"', { eval: true, env: SHARE_ENV }); w.on('exit', () => console.log(process.env.SET, Object.keys(process.env).filter((k) => /HANDOVER|THREAD/.test(k))));`,
};

/**
 * What differs between any two runs: pids; and what a preload cannot hide: its frames in stack traces, and that Node calls a
 * listener of the exit as one of several.
 */
function normalise({ code, signal, stdout, stderr }: Result): Result {
  const clean = (text: string): string =>
    text
      .replace(/\(node:\d+\)/g, '(node:PID)')
      .replace(/^ +at .*shim\.cjs:.*\n/gm, '')
      .replace(/process\.emit \(node:events:\d+:\d+\)/g, 'process.emit (node:events)');
  return { code, signal, stdout: clean(stdout), stderr: clean(stderr) };
}

for (const [name, source] of Object.entries(PROGRAMS)) {
  test(`the same with and without the shim: ${name}`, async (t) => {
    const dir = temporaryDirectory(t);
    const extension = /^\s*await |= await /m.test(source) ? 'mjs' : 'cjs';
    const file = program(dir, `program.${extension}`, source);
    const input = 'x'.repeat(100_000);
    const plain = await run(process.execPath, [file], { cwd: dir, input });
    const { trace, dir: _, ...traced } = await runTraced(t, process.execPath, [file], { cwd: dir, input });
    assert.deepEqual(normalise(traced), normalise(plain));
    const problems = trace.problems.filter((p) => p.code !== 'uncaughtException');
    assert.deepEqual(problems, []);
    assert.ok(trace.of('processStart').length > 0, 'it was traced');
    const [exit] = trace
      .of('processExit')
      .filter((r) => r.stream.threadId === 0)
      .slice(-1);
    if (plain.code !== null) assert.equal(exit?.value, plain.code);
    else assert.equal(exit, undefined);
  });
}
