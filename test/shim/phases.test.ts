import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Context, program, run, runTraced, type Trace, temporaryDirectory } from './helpers.ts';

/** Files of a program, by name; `main` is started. */
interface Sample {
  readonly files: Readonly<Record<string, string>>;
  readonly main: string;
  readonly args?: readonly string[];
  /** Exit codes of its processes, in any order, as the trace must tell them. */
  readonly codes: readonly number[];
}

/** Output, code and signal with and without trace are the same, and every process has ended once, with its code. */
async function assertSame(t: Context, { files, main, args = [], codes }: Sample): Promise<Trace> {
  const dir = temporaryDirectory(t);
  for (const [name, source] of Object.entries(files)) program(dir, name, source);
  const command = [...args.map((a) => a.replace('DIR', dir)), `${dir}/${main}`];
  const untraced = await run(process.execPath, command);
  const { trace, dir: _, ...traced } = await runTraced(t, process.execPath, command);
  const masked = ({ stderr, ...rest }: typeof traced) => ({
    ...rest,
    stderr: stderr.replaceAll(/:\d+\)?$/gm, ''),
  });
  // A stack may hold frames of the shim.
  const own = (text: string) =>
    text
      .split('\n')
      .filter((line) => !line.includes('shim.cjs'))
      .join('\n');
  assert.deepEqual({ ...masked(traced), stderr: own(masked(traced).stderr) }, masked(untraced));
  assert.deepEqual(trace.damages, []);
  const ends = trace.of('processExit').filter((r) => r.stream.threadId === 0);
  assert.deepEqual(ends.map((r) => r.value).sort(), [...codes].sort());
  return trace;
}

const PHASES: Readonly<Record<string, Sample>> = {
  'in a preload': {
    files: { 'pre.cjs': 'console.log("pre"); process.exit(3);', 'main.cjs': 'console.log("never")' },
    main: 'main.cjs',
    args: ['-r', 'DIR/pre.cjs'],
    codes: [3],
  },
  'while a module is imported': {
    files: {
      'main.mjs': 'import "./one.mjs"; console.log("never");',
      'one.mjs': 'console.log("one"); process.exit(4);',
    },
    main: 'main.mjs',
    codes: [4],
  },
  'during a top-level await': {
    files: { 'main.mjs': 'setTimeout(() => process.exit(5), 5); await new Promise(() => {});' },
    main: 'main.mjs',
    codes: [5],
  },
  'an await that never ends': {
    files: { 'main.mjs': 'await new Promise(() => {});' },
    main: 'main.mjs',
    codes: [13],
  },
  'in an exit listener, with another code': {
    files: {
      'main.cjs': 'process.on("exit", (c) => { console.log("exit", c); process.exit(6); }); process.exit(2);',
    },
    main: 'main.cjs',
    codes: [6],
  },
  'an exit listener that throws': {
    files: { 'main.cjs': 'process.on("exit", () => { console.log("exit"); throw null; });' },
    main: 'main.cjs',
    codes: [1],
  },
  'in beforeExit': {
    files: { 'main.cjs': 'process.on("beforeExit", () => process.exit(7));' },
    main: 'main.cjs',
    codes: [7],
  },
  'in a microtask': {
    files: {
      'main.cjs': 'Promise.resolve().then(() => process.exit(8)); setTimeout(() => console.log("never"));',
    },
    main: 'main.cjs',
    codes: [8],
  },
  'in nextTick': {
    files: { 'main.cjs': 'process.nextTick(() => process.exit(9));' },
    main: 'main.cjs',
    codes: [9],
  },
  'in a worker': {
    files: {
      'main.cjs': `const { Worker } = require('node:worker_threads');
new Worker('process.on("exit", (c) => console.log("worker", c)); process.exit(10);', { eval: true }).on('exit', (c) => { console.log('ended', c); process.exitCode = 11; });`,
    },
    main: 'main.cjs',
    codes: [11],
  },
  'in uncaughtException': {
    files: {
      'main.cjs':
        'process.on("uncaughtException", (e) => { console.log(e.message); process.exit(12); }); throw new Error("mine");',
    },
    main: 'main.cjs',
    codes: [12],
  },
  'an exception in uncaughtException': {
    files: { 'main.cjs': 'process.on("uncaughtException", () => { throw 0; }); throw 1;' },
    main: 'main.cjs',
    codes: [7],
  },
  'a rejection that nobody handles': {
    files: { 'main.cjs': 'process.on("exit", (c) => console.log("exit", c)); Promise.reject(0);' },
    main: 'main.cjs',
    codes: [1],
  },
  'in a message listener, and in the answer to it': {
    files: {
      'main.cjs': `const child = require('node:child_process').fork(__dirname + '/child.cjs');
child.on('message', (m) => console.log(m)).on('exit', (c) => { console.log('ended', c); process.exit(14); });
child.send('go');`,
      'child.cjs': 'process.on("message", (m) => { process.send("got " + m, () => process.exit(15)); });',
    },
    main: 'main.cjs',
    codes: [14, 15],
  },
  'a code that is set and not passed': {
    files: { 'main.cjs': 'process.exitCode = 16; process.on("exit", () => { process.exitCode = 17; });' },
    main: 'main.cjs',
    codes: [17],
  },
};

for (const [phase, sample] of Object.entries(PHASES)) {
  test(`process.exit ${phase}`, async (t) => {
    await assertSame(t, sample);
  });
}

test('in a signal listener', {
  skip: process.platform === 'win32' && 'only on systems with signals',
}, async (t) => {
  const source = `process.on('SIGTERM', () => { console.log('term'); process.exit(18); }); setInterval(() => {}, 1000); process.kill(process.pid, 'SIGTERM');`;
  await assertSame(t, { files: { 'main.cjs': source }, main: 'main.cjs', codes: [18] });
});

test('abort', { skip: process.platform === 'win32' && 'only on systems with signals' }, async (t) => {
  const file = program(temporaryDirectory(t), 'main.cjs', 'console.log("last"); process.abort();');
  const untraced = await run(process.execPath, [file]);
  const { signal, stdout } = await runTraced(t, process.execPath, [file]);
  assert.deepEqual([signal, stdout], [untraced.signal, untraced.stdout]);
});
