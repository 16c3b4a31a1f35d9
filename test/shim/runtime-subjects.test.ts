/** What the runtime says of starts and of waits beside their resource: from real processes, through the shim, in the trace. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { FLAG } from '../../src/trace/format/records.ts';
import { program, RUNTIME, runTraced, type Trace, temporaryDirectory } from './helpers.ts';

const SOURCE = `import { Barrier, Condition, Event, isMain, Manager, Pool, Process, task } from ${JSON.stringify(RUNTIME.replace('.cjs', '.mjs'))};
export const square = task(import.meta, 'square', (x) => x * x);
export const initialize = task(import.meta, 'initialize', () => {});
export const meet = task(import.meta, 'meet', async (barrier, condition, times) => {
  for (let i = 0; i < times; i++) await barrier.wait();
  await condition.with(async () => { await condition.wait(); });
});
export const take = task(import.meta, 'take', async (lock, ready) => { ready.set(); await lock.acquire(); await lock.release(); });
async function main() {
  const barrier = new Barrier({ parties: 2, name: 'rounds' });
  const condition = new Condition({ name: 'news' });
  const child = new Process({ target: meet, args: [barrier, condition, 3], name: 'met' });
  await child.start();
  for (let i = 0; i < 3; i++) await barrier.wait();
  while (child.exitCode === null) {
    await condition.with(() => condition.notify());
    await child.join(0.02);
  }
  const pool = await Pool.create({ processes: 2, initializer: initialize, name: 'squares' });
  await pool.apply(square, [2]);
  await pool.map(square, [1, 2, 3, 4], 1);
  for await (const _ of pool.imap(square, [5, 6])) { /* one after the other */ }
  pool.close();
  await pool.join();
  const manager = await Manager({ name: 'keeper' });
  const lock = await manager.Lock();
  await lock.acquire();
  const ready = new Event();
  const client = new Process({ target: take, args: [lock, ready], name: 'client' });
  await client.start();
  await ready.wait();
  await client.join(0.8);
  await lock.release();
  await client.join();
  await manager.shutdown();
}
if (isMain(import.meta)) await main();
`;

describe('the trace of a program with the runtime', () => {
  let trace: Trace;
  const read = async (t: TestContext): Promise<void> => {
    if (trace !== undefined) return;
    const dir = temporaryDirectory(t);
    const file = program(dir, 'subjects.mjs', SOURCE);
    const result = await runTraced(t, process.execPath, [file], { cwd: dir });
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, '', '']);
    trace = result.trace;
  };

  /** The value of a wait's `subject`. */
  const subjectOf = (wait: Trace['records'][number]): number | undefined => {
    const subjects = trace.of('subject').filter((r) => r.stream === wait.stream && r.n === wait.n);
    assert.ok(subjects.length <= 1);
    if (subjects[0] !== undefined) assert.equal(subjects[0].resource, wait.resource);
    return subjects[0]?.value;
  };
  const keyOf = (record: Trace['records'][number]): string | undefined =>
    trace.resources.find((r) => r.stream === record.stream.stream && r.id === record.resource)?.key;
  const streamOf = (name: string) => {
    const child = trace.children.find((c) => c.name === name);
    assert.ok(child, name);
    return trace.startedBy(child.spawnKey);
  };

  it('says of each process once when its target begins, after its arguments are open and before it uses them', async (t) => {
    await read(t);
    const children = trace.children.filter((c) => c.api === 'Process');
    assert.equal(children.length, 5);
    for (const { name, spawnKey } of children) {
      const stream = trace.startedBy(spawnKey);
      const own = trace.records.filter((r) => r.stream === stream);
      const starts = own.filter((r) => r.kind === 'targetStart');
      assert.equal(starts.length, 1, name);
      const at = own.indexOf(starts[0]!);
      assert.ok(
        own.some((r, i) => i < at && r.kind === 'open'),
        name,
      );
      const used = own.findIndex((r) =>
        ['taskStart', 'barrierPass', 'callStart', 'waitCall'].includes(String(r.kind)),
      );
      // One worker of a pool may be so quick that nothing is left for the other.
      const isIdle = used < 0 && name.startsWith('PoolWorker');
      assert.ok(used > at || isIdle, name);
    }
    const main = trace.streams.find((s) => !children.some((c) => trace.startedBy(c.spawnKey) === s));
    assert.ok(!trace.of('targetStart').some((r) => r.stream === main), 'the main process has no target');
  });

  it('numbers the generation that a barrier wait is for as those who pass it do', async (t) => {
    await read(t);
    const passes = trace.named('rounds', 'barrierPass');
    assert.deepEqual(passes.map((r) => r.n).sort(), [0, 0, 1, 1, 2, 2]);
    const waits = trace.named('rounds', 'waitBarrier');
    assert.ok(waits.length >= 3);
    for (const wait of waits) {
      const generation = subjectOf(wait);
      const next = passes.find((r) => r.stream === wait.stream && r.time >= wait.time);
      assert.equal(generation, next?.n);
    }
  });

  it('gives condition waits tickets, and says up to which a notify has woken', async (t) => {
    await read(t);
    const waits = trace.named('news', 'waitCondition');
    assert.equal(waits.length, 1);
    assert.equal(subjectOf(waits[0]!), 1);
    const woke = trace.named('news', 'notify').filter((r) => r.value > 0);
    assert.deepEqual(
      woke.map((r) => [r.n, r.value]),
      [[1, 1]],
    );
  });

  it('says which tasks of a pool a result is for', async (t) => {
    await read(t);
    const submits = trace.named('squares', 'submit');
    assert.deepEqual(
      submits.map((r) => [r.n, r.value]),
      [
        [1, 1],
        [2, 2],
        [3, 2],
        [4, 2],
        [5, 2],
        [6, 6],
        [7, 7],
      ],
    );
    const subjects = trace.named('squares', 'waitResult').map(subjectOf);
    for (const first of [1, 2, 6]) assert.ok(subjects.includes(first), `${subjects}`);
    assert.ok(
      subjects.every((first) => [1, 2, 6, 7, undefined].includes(first)),
      `${subjects}`,
    );
  });

  it('shows the call of a manager as one wait, joined to what the server does for it', async (t) => {
    await read(t);
    const client = streamOf('client');
    const server = streamOf('keeper');
    const waits = trace.of('waitCall').filter((r) => r.stream === client);
    assert.equal(waits.length, 2, 'acquire and release');
    const [acquire] = waits;
    assert.ok(acquire);
    const end = trace.of('waitEnd').find((r) => r.stream === client && r.n === acquire.n);
    assert.ok(end && end.time - acquire.time > 0.6e9, 'one wait, however long');
    assert.equal(acquire.flags & FLAG.timeout, 0);
    assert.ok(!trace.records.some((r) => r.stream === client && r.kind === 'waitReceive'));

    const number = subjectOf(acquire);
    const call = (kind: 'callStart' | 'callEnd') =>
      trace.of(kind).find((r) => r.stream === server && r.n === number && keyOf(r) === keyOf(acquire));
    const [begun, over] = [call('callStart'), call('callEnd')];
    assert.ok(begun && over && keyOf(begun) !== undefined);
    assert.equal(begun.task, over.task);
    const wait = trace.of('waitAcquire').find((r) => r.stream === server && r.task === begun.task);
    assert.ok(wait && wait.time >= begun.time && wait.time < over.time);
    const ended = trace.of('waitEnd').find((r) => r.stream === server && r.n === wait.n);
    assert.ok(ended && ended.time <= over.time);
  });
});
