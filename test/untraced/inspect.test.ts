import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { test } from 'node:test';
import { inspectProgram, NotInspectable, programLines, remarks } from '../../src/untraced/index.ts';
import { lineOf, startProgram, TSX } from './support.ts';

const LINUX = { skip: process.platform !== 'linux' };

/** Inspectors of one machine open on one port, so these tests are one file and run one after the other. */
async function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** It goes on when there is a file beside it. */
const AWAITS = `
const { existsSync } = require('node:fs');
const { Worker, isMainThread, workerData } = require('node:worker_threads');
if (isMainThread) {
  const shared = new Int32Array(new SharedArrayBuffer(8));
  new Worker(__filename, { workerData: shared });
  let go;
  async function ask() {
    await new Promise((resolve) => { go = resolve; }); // asks
    console.log('went on');
  }
  globalThis.asking = ask();
  process.stdin.once('data', () => {});
  setInterval(() => {
    if (Atomics.load(shared, 1) === 1) { Atomics.store(shared, 1, 2); console.log('@hang'); }
    if (existsSync(__filename + '.go')) go();
  }, 10);
} else {
  function sleep() {
    Atomics.store(workerData, 1, 1);
    Atomics.wait(workerData, 0, 0); // sleeps
  }
  sleep();
}
`;

test(
  'an idle program: the lines of its await and of its sleeping worker, and it goes on as before',
  LINUX,
  async (t) => {
    const program = await startProgram(t, AWAITS);
    const found = await inspectProgram(program.pid);
    const threads = found.processes[0]?.inside?.threads ?? [];
    assert.deepEqual(
      threads.map(({ where }) => where),
      ['loop', 'javascript'],
    );
    const [main, worker] = threads;
    const awaits = main?.suspended?.map(({ frame, exact }) => (exact ? frame.line : 0));
    assert.deepEqual(awaits, [lineOf(AWAITS, '// asks')]);
    assert.equal(worker?.frames[0]?.line, lineOf(AWAITS, '// sleeps'));
    assert.equal(worker?.frames[0]?.fn, 'sleep');
    assert.match(programLines(found).join('\n'), /kept alive by .*(Timeout|MessagePort)/);
    writeFileSync(`${program.file}.go`, '');
    await program.said('went on');
    const lines = program
      .stderr()
      .split('\n')
      .filter((line) => line !== '' && !/^(Debugger|For help)/.test(line));
    assert.deepEqual(lines, []);
  },
);

const TYPED = `
// Types take lines and columns away: ${'x'.repeat(50)}
interface Answer {
  readonly text: string;
}
const waits = new Promise<Answer>(() => {});
async function done(): Promise<void> {
  await undefined;
}
await done();
async function ask(question: string): Promise<Answer> {
  return await waits; // asks
}
void ask('why');
setInterval(() => {}, 1000);
console.log('@hang');
`;

test('a TypeScript module under a loader: its own lines, and none of what has ended', LINUX, async (t) => {
  const program = await startProgram(t, TYPED, { name: 'program.mts', flags: ['--import', TSX] });
  const found = await inspectProgram(program.pid);
  const threads = found.processes[0]?.inside?.threads ?? [];
  const waits = threads.flatMap(({ suspended }) => suspended ?? []);
  assert.deepEqual(
    waits.map(({ frame, exact }) => [frame.file, frame.line, exact]),
    [[program.file, lineOf(TYPED, '// asks'), true]],
  );
});

const BUSY = `
function spin() {
  for (let i = 0; ; i++) if (i === 3) console.log('@hang'); // spins
}
spin();
`;

const MANY = `
const kept = [];
for (let i = 0; i < 150_000; i++) kept.push({ i, list: [i] });
const never = new Promise(() => {});
async function wait() {
  await never; // waits
}
for (let i = 0; i < 290; i++) kept.push(wait());
globalThis.kept = kept;
setInterval(() => {}, 1e6);
console.log('@hang');
`;

// V8 walks through the heap for each question: all at once, the last is answered when nobody waits for it any more.
test(
  'many suspended functions in a large heap are counted, and some asked where they stand',
  LINUX,
  async (t) => {
    const program = await startProgram(t, MANY);
    const found = await inspectProgram(program.pid);
    const suspended = found.processes[0]?.inside?.threads[0]?.suspended ?? [];
    assert.equal(
      suspended.reduce((sum, { count }) => sum + count, 0),
      290,
    );
    const exact = suspended.find((one) => one.exact);
    assert.equal(exact?.frame.line, lineOf(MANY, '// waits'));
  },
);

test('an endless loop: its line, and its inspector is closed again', LINUX, async (t) => {
  const program = await startProgram(t, BUSY);
  const found = await inspectProgram(program.pid);
  const [main] = found.processes[0]?.inside?.threads ?? [];
  assert.equal(main?.where, 'javascript');
  assert.equal(main?.frames[0]?.line, lineOf(BUSY, '// spins'));
  assert.ok(remarks(found).some(({ kind }) => kind === 'busy'));
  assert.equal(await isOpen(9229), false);
  assert.equal(program.child.exitCode, null);
});

const UNREAD = `
const { spawn } = require('node:child_process');
if (process.argv[2] === 'child') {
  process.stdout.write('x'.repeat(1e6));
} else {
  const child = spawn(process.execPath, [__filename, 'child'], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.on('close', () => {});
  child.stdout.once('readable', () => console.log('@hang'));
}
`;

test('a tree: both ends of a pipe, and who does not read', LINUX, async (t) => {
  const program = await startProgram(t, UNREAD);
  const found = await inspectProgram(program.pid);
  assert.equal(found.processes.length, 2);
  const child = found.processes.find(({ ppid }) => ppid === program.pid);
  const said = remarks(found).find(({ kind }) => kind === 'unread');
  assert.deepEqual(said?.pids, [program.pid, child?.pid]);
  assert.match(programLines(found).join('\n'), /does not read/);
});

const SYNC = `
console.log('@hang');
require('node:child_process').execFileSync(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
`;

test('a synchronous spawn is not asked, so that nothing is left open in it', LINUX, async (t) => {
  const program = await startProgram(t, SYNC);
  let found = await inspectProgram(program.pid);
  // The line comes before the call.
  while (found.processes.length < 2) found = await inspectProgram(program.pid);
  const [main] = found.processes;
  assert.match(main?.reason ?? '', /synchronous spawn/);
  assert.doesNotMatch(program.stderr(), /Debugger listening/);
  assert.ok(remarks(found).some(({ kind, pids }) => kind === 'waits-for-child' && pids[0] === program.pid));
});

test('who cannot be looked into is told why', LINUX, async (t) => {
  await assert.rejects(inspectProgram(0x7ffffff0), NotInspectable);
  const program = await startProgram(
    t,
    `process.on('SIGUSR2', () => {}); console.log('@hang'); setInterval(() => {}, 1e6);`,
  );
  const [main] = (await inspectProgram(program.pid)).processes;
  assert.deepEqual(main?.inside?.threads[0]?.program?.signals, ['SIGUSR2']);
});
