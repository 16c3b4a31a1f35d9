import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { lineOf, nodeAtLeast, program, run, runTraced, TSX, temporaryDirectory } from './helpers.ts';

const MAIN = `import { once } from 'node:events';
import { Worker, SHARE_ENV } from 'node:worker_threads';
const file = new URL('./worker.cjs', import.meta.url);
for (const options of [
  { name: 'plain' },
  { name: 'own env', env: { MINE: '1' } },
  { name: 'own options', env: { NODE_OPTIONS: '--no-deprecation' } },
  { name: 'shared env', env: SHARE_ENV },
  { name: 'no arguments', execArgv: [] },
  { name: 'nested' },
]) {
  const worker = new Worker(file, { ...options, workerData: options.name });
  worker.on('message', (m) => console.log(options.name, m));
  await once(worker, 'exit');
}
delete process.env.NODE_OPTIONS;
for (const options of [{ execArgv: [] }, { execArgv: [], env: SHARE_ENV }]) {
  const worker = new Worker(file, { ...options, workerData: 'taken away' });
  worker.on('message', (m) => console.log('taken away', m));
  await once(worker, 'exit');
  console.log('own', process.env.NODE_OPTIONS);
}
class Sub extends Worker {}
const sub = new Sub('process.exit(5)', { eval: true });
await once(sub, 'exit');
`;
const WORKER = `const { parentPort, workerData, Worker } = require('node:worker_threads');
parentPort.postMessage([process.env.MINE, process.env.NODE_OPTIONS?.replace(/--require "[^"]*shim.cjs"/, 'SHIM')]);
if (workerData === 'nested') new Worker('require("node:child_process").spawnSync("true")', { eval: true, env: {} });
`;

test('every worker has a stream that its parent thread knows, and sees its environment unchanged', async (t) => {
  const dir = temporaryDirectory(t);
  program(dir, 'worker.cjs', WORKER);
  const { code, stdout, stderr, trace } = await runTraced(t, process.execPath, [
    program(dir, 'main.mjs', MAIN),
  ]);
  assert.deepEqual([code, stderr, trace.problems, trace.damages], [0, '', [], []]);
  assert.match(stdout, /own env \[ '1', undefined \]/);
  assert.match(stdout, /own options \[ undefined, '--no-deprecation' \]/);
  assert.deepEqual(stdout.match(/^(taken away|own) .*defined.*$/gm)?.slice(2), [
    'taken away [ undefined, undefined ]',
    'own undefined',
    'taken away [ undefined, undefined ]',
    'own undefined',
  ]);
  const workers = trace.children.filter((c) => c.api === 'worker');
  assert.equal(workers.length, 10);
  assert.equal(trace.streams.length, 11);
  const [main] = trace.streams;
  for (const worker of workers) {
    const thread = trace.threads.find((th) => th.spawnKey === worker.spawnKey);
    const stream = trace.streams.find((s) => s.stream === thread?.stream);
    assert.ok(stream, `${worker.name} has a stream`);
    assert.equal(stream.processKey, main!.processKey);
    assert.notEqual(stream.threadId, 0);
    assert.ok(stream.start > main!.start);
    assert.equal(trace.of('processExit').filter((r) => r.stream === stream).length, 1);
  }
  const start = trace.of('threadStart').find((r) => trace.childOf(r)?.name === 'plain')!;
  assert.equal(trace.at(start), `main.mjs:${lineOf(MAIN, 'new Worker(file')}`);
  const exits = trace.of('childExit').filter((r) => trace.childOf(r)?.api === 'worker');
  assert.deepEqual(exits.map((r) => r.value).sort(), [...Array(9).fill(0), 5]);
  const deepest = trace.of('waitSyncSpawn')[0]!;
  assert.notEqual(deepest.stream.threadId, 0);
});

test('--exclude: of a worker that is not traced no half of its messages is shown', async (t) => {
  const dir = temporaryDirectory(t);
  const worker = program(
    dir,
    'secret.cjs',
    "require('node:worker_threads').parentPort.once('message', () => {})",
  );
  const source = `const { port1 } = new MessageChannel();
new (require('node:worker_threads').Worker)(${JSON.stringify(worker)}).postMessage(port1, [port1]);`;
  const options = { exclude: ['secret.cjs'] };
  const { code, trace } = await runTraced(t, process.execPath, ['-e', source], { options });
  assert.deepEqual([code, trace.streams.length, trace.of('send'), trace.of('receive')], [0, 1, [], []]);
});

test('threads of Node itself are left alone', async (t) => {
  const dir = temporaryDirectory(t);
  program(dir, 'hooks.mjs', 'export async function resolve(s, c, next) { return next(s, c); }');
  const source = `import { register } from 'node:module';
register(${JSON.stringify(pathToFileURL(`${dir}/hooks.mjs`).href)});
await import('node:os'); console.log('fine');`;
  const file = program(dir, 'main.mjs', source);
  // Node 26 and later warn that `register` is deprecated.
  const untraced = await run(process.execPath, ['--no-warnings', file]);
  const { trace, dir: _, ...traced } = await runTraced(t, process.execPath, ['--no-warnings', file]);
  const streams = trace.streams.map((s) => s.threadId);
  assert.deepEqual({ ...traced, streams }, { ...untraced, streams: [0] });
  assert.deepEqual([traced.stdout, trace.damages, trace.problems], ['fine\n', [], []]);
});

// Before Node 24 a worker does not inherit tsx's loader, with or without a shim.
test('a worker of a TypeScript program under tsx', {
  skip: !nodeAtLeast(24) && 'only on Node 24 and later',
}, async (t) => {
  const dir = temporaryDirectory(t);
  program(
    dir,
    'worker.mts',
    `import { spawnSync } from 'node:child_process';\ninterface A { a: 1 }\nspawnSync('true');\n`,
  );
  const source = `import { Worker } from 'node:worker_threads';\nnew Worker(new URL('./worker.mts', import.meta.url));\n`;
  const { code, stderr, trace } = await runTraced(t, process.execPath, [
    '--import',
    TSX,
    program(dir, 'main.mts', source),
  ]);
  assert.deepEqual([code, stderr], [0, '']);
  const start = trace
    .of('start')
    .find((r) => r.stream.threadId > 0 && trace.childOf(r)?.api === 'spawnSync')!;
  assert.equal(trace.at(start), 'worker.mts:3');
});
