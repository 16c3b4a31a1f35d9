import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { FLAG } from '../../src/trace/format/records.ts';
import {
  lineOf,
  program,
  RUNTIME,
  run,
  runTraced,
  Trace,
  TSX,
  temporaryDirectory,
  tracedEnv,
} from './helpers.ts';

const IMPORT = `import { Lock, Process, Queue, Pipe, isMain } from ${JSON.stringify(RUNTIME.replace('.cjs', '.mjs'))};\n`;

/** Not those of the transformer's own thread, which the end of the process stops wherever it is. */
function damages(trace: Trace): Trace['damages'] {
  return trace.damages.filter((d) => d.stream?.threadId === 0);
}

async function traceTs(t: Parameters<typeof runTraced>[0], name: string, source: string) {
  const dir = temporaryDirectory(t);
  const file = program(dir, name, source);
  return runTraced(t, process.execPath, ['--import', TSX, file], { cwd: dir });
}

/** Plain JavaScript: nothing of a loader is at work beside the program. */
async function traceJs(t: Parameters<typeof runTraced>[0], name: string, source: string) {
  const dir = temporaryDirectory(t);
  return runTraced(t, process.execPath, [program(dir, name, source)], { cwd: dir });
}

const QUEUE = `${IMPORT}export async function work(queue: Queue<number>): Promise<void> {
  for (let i = 0; i < 50; i++) await queue.put(i);
}
type Unused = { padding: string;
  another: number };
async function main(): Promise<void> {
  const queue = new Queue<number>({ name: 'numbers' });
  const child = new Process({ target: work, args: [queue], name: 'worker' });
  await child.start();
  let sum = 0;
  for (let i = 0; i < 50; i++) sum += await queue.get() as number;
  await child.join();
  console.log(sum);
}
if (isMain(import.meta)) void main();
`;

test('a queue between processes: every item once in and once out, with the lines of the TypeScript source', async (t) => {
  const { code, stdout, stderr, trace } = await traceTs(t, 'queue.mts', QUEUE);
  assert.deepEqual([code, stdout, stderr], [0, '1225\n', '']);
  assert.deepEqual([trace.problems, damages(trace)], [[], []]);
  const mine = (kind: 'send' | 'receive') => trace.named('numbers', kind);
  const positions = Array.from({ length: 50 }, (_, i) => i + 1);
  assert.deepEqual(
    mine('send').map((r) => r.n),
    positions,
  );
  assert.deepEqual(
    mine('receive').map((r) => r.n),
    positions,
  );
  const sites = new Set(mine('send').map((r) => trace.at(r)));
  assert.deepEqual([...sites], [`queue.mts:${lineOf(QUEUE, 'queue.put(i)')}`]);
  const received = new Set(mine('receive').map((r) => trace.at(r)));
  assert.deepEqual([...received], [`queue.mts:${lineOf(QUEUE, 'queue.get()')}`]);
});

test('a Process is reported once, by the runtime, and its stream is joined to it', async (t) => {
  const { trace } = await traceTs(t, 'queue.mts', QUEUE);
  const children = trace.children.filter(
    (c) => c.name === 'worker' || c.argv.some((a) => a.includes('runtime-child')),
  );
  assert.deepEqual(
    children.map((c) => [c.api, c.name]),
    [['Process', 'worker']],
  );
  const [start] = trace.of('start').filter((r) => trace.childOf(r) === children[0]);
  const stream = trace.startedBy(children[0]!.spawnKey);
  assert.equal(stream!.pid, start!.n);
  const [exit] = trace.of('childExit').filter((r) => trace.childOf(r) === children[0]);
  assert.deepEqual([exit!.value, exit!.n], [0, stream!.pid]);
  const join = trace.of('waitJoin').find((r) => trace.childOf(r) === children[0]);
  assert.ok(join && trace.of('waitEnd').some((r) => r.n === join.n));
});

const DEADLOCK = `${IMPORT}
const lock = new Lock({ name: 'mine' });
async function main() {
  await lock.acquire();
  setTimeout(() => {}, 2000).unref();
  await lock.acquire();
}
void main();
`;

/** The rests of the thread that waits for the lock, since it does. */
function rests(trace: Trace): ReturnType<Trace['of']> {
  const [wait] = trace.of('waitAcquire');
  if (wait === undefined) return [];
  return trace.of('quiescent').filter((r) => r.stream === wait.stream && r.time > wait.time);
}

test('a thread at rest says so, with nothing but its wait alive, and what it holds survives SIGKILL', async (t) => {
  const dir = temporaryDirectory(t);
  const file = program(dir, 'self.mjs', DEADLOCK);
  await run(process.execPath, [file], {
    cwd: dir,
    env: tracedEnv(dir),
    onStart: (child) => {
      const look = setInterval(() => {
        if (rests(Trace.read(dir)).at(-1)?.value !== 0) return;
        clearInterval(look);
        child.kill('SIGKILL');
      }, 100);
      child.once('exit', () => clearInterval(look));
    },
  });
  const trace = Trace.read(dir);
  assert.deepEqual(damages(trace), []);
  const [acquire] = trace.of('acquire');
  assert.equal(trace.at(acquire!), `self.mjs:${lineOf(DEADLOCK, 'await lock.acquire();')}`);
  const [wait] = trace.of('waitAcquire');
  assert.equal(
    trace.at(wait!),
    `self.mjs:${DEADLOCK.split('\n').lastIndexOf('  await lock.acquire();') + 1}`,
  );
  const found = rests(trace);
  assert.ok(found[0] && found[0].time - wait!.time > 50e6);
  // The program's timer, which fires between two looks. V8 may have the thread looked at more than once before that.
  const timers = found.map((r) => r.value);
  assert.deepEqual([...new Set(timers)], [1, 0], String(timers));
  assert.deepEqual(new Set(found.map((r) => r.n)), new Set([0]));
});

test('a thread that something else could wake counts it, and says when it goes on', async (t) => {
  const source = `${IMPORT}import net from 'node:net';
const queue = new Queue();
const server = net.createServer().listen(0);
setTimeout(() => { void queue.put(1); server.close(); }, 2000);
const main = async () => { await queue.get(); };
void main();
`;
  const { code, trace } = await traceJs(t, 'wakes.mjs', source);
  assert.equal(code, 0);
  const [quiescent] = trace.of('quiescent');
  assert.deepEqual([quiescent!.n, quiescent!.value], [1, 1]);
  assert.ok(trace.of('resumed').some((r) => r.time > quiescent!.time));
});

test('an unreferenced timer counts as well: it may abort a wait', async (t) => {
  const source = `${IMPORT}const queue = new Queue();
const main = async () => { await queue.get({ signal: AbortSignal.timeout(2000) }); };
main().catch((error) => console.log(error.name));
`;
  const { stdout, trace } = await traceJs(t, 'aborts.mjs', source);
  assert.equal(stdout, 'TimeoutError\n');
  const [wait] = trace.of('waitReceive');
  assert.equal(wait!.flags & FLAG.timeout, FLAG.timeout, 'may end by itself');
  assert.equal(wait!.value, 0, 'nobody knows when');
  const quiescent = trace.of('quiescent').find((r) => r.stream === wait!.stream && r.time > wait!.time);
  assert.deepEqual([quiescent!.n, quiescent!.value], [0, 1]);
});

const KILLED = `${IMPORT}import { writeSync } from 'node:fs';
const queue = new Queue<number>({ name: 'q' });
for (let i = 1; ; i++) { queue.putSync(i); queue.getSync(); if (i % 500 === 0) writeSync(1, i + '\\n'); }
`;

test('kill -9 of a process that uses the runtime loses no record', async (t) => {
  const dir = temporaryDirectory(t);
  const file = program(dir, 'killed.mts', KILLED);
  for (let round = 1; round <= 5; round++) {
    const traceDir = path.join(dir, `trace${round}`);
    fs.mkdirSync(traceDir);
    const { stdout } = await run(process.execPath, ['--import', TSX, file], {
      cwd: dir,
      env: tracedEnv(traceDir),
      onStart: (child) => {
        let said = '';
        child.stdout!.on('data', (text) => {
          said += text;
          if (said.split('\n').length > round * 7) child.kill('SIGKILL');
        });
      },
    });
    const done = Number(
      stdout
        .trimEnd()
        .split('\n')
        .findLast((line) => line !== '') ?? 0,
    );
    const trace = Trace.read(traceDir);
    assert.deepEqual(
      damages(trace).filter((d) => d.kind !== 'torn'),
      [],
    );
    const sends = trace.named('q', 'send').map((r) => r.n);
    assert.ok(sends.length >= done, `${sends.length} sends recorded, ${done} were done`);
    assert.deepEqual(
      sends,
      Array.from({ length: sends.length }, (_, i) => i + 1),
    );
  }
});

const CONTENDED = `${IMPORT}export function fight(lock: Lock, rounds: number): void {
  for (let i = 0; i < rounds; i++) { lock.acquireSync(); lock.release(); }
}
async function main(): Promise<void> {
  const lock = new Lock({ name: 'ring' });
  const all = Array.from({ length: 2 }, () => new Process({ target: fight, args: [lock, 20_000] }));
  for (const p of all) await p.start();
  for (const p of all) await p.join();
}
if (isMain(import.meta)) void main();
`;

test('40,000 acquisitions by two processes: each is counted, tickets are unique, waits end', async (t) => {
  const { code, trace } = await traceTs(t, 'fight.mts', CONTENDED);
  assert.equal(code, 0);
  assert.deepEqual([trace.problems, damages(trace)], [[], []]);
  const ids = new Map(trace.resources.filter((r) => r.name === 'ring').map((r) => [r.stream, r.id]));
  const mine = trace.records.filter((r) => ids.get(r.stream.stream) === r.resource);
  const singles = mine.filter((r) => r.kind === 'acquire');
  const pairs = mine.filter((r) => r.kind === 'pairs');
  assert.equal(singles.length + pairs.reduce((sum, r) => sum + r.value, 0), 40_000);
  assert.equal(new Set(singles.map((r) => r.n)).size, singles.length);
  const open = new Set(mine.filter((r) => r.kind === 'waitAcquire').map((r) => `${r.stream.stream} ${r.n}`));
  for (const r of trace.of('waitEnd')) open.delete(`${r.stream.stream} ${r.n}`);
  assert.equal(open.size, 0);
});
