import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FLAG, KIND, type TraceRecord } from '../../src/trace/format/records.ts';
import { TraceReader } from '../../src/trace/reader/reader.ts';
import { headOf } from '../../src/trace/writer/ledger.ts';
import {
  Collector,
  CopiedFiles,
  defineResource,
  defineSite,
  drain,
  MemoryFiles,
  openStream,
  type TestStream,
  temporaryDirectory,
  writeSession,
} from './helpers.ts';

const NAME = '100-abc.0';
const ACQUIRE = headOf(KIND.acquire, 0, 0);
const RELEASE = headOf(KIND.release, 0, 0);

function stream(dir: string, shared?: CopiedFiles): TestStream {
  writeSession(dir);
  const opened = openStream(dir, NAME, shared ? { shared } : {});
  for (const id of [1, 2]) {
    defineResource(opened, id);
    defineSite(opened, id);
  }
  return opened;
}

/** `count` pairs of resource 1, 100 ns apart from each other; returns the time after them. */
function pairs({ ledger }: TestStream, count: number, from: number, ticket: number, site = 1): number {
  let time = from;
  for (let i = 0; i < count; i++) {
    time += 50;
    ledger.record(time, ACQUIRE, 1, site, ticket + i, 0);
    time += 50;
    ledger.record(time, RELEASE, 1, site, ticket + i, 0);
  }
  return time;
}

/** How many acquisitions and releases records stand for. */
function balance(records: readonly TraceRecord[], resource: number): { acquired: number; released: number } {
  let acquired = 0;
  let released = 0;
  for (const r of records.filter((x) => x.resource === resource)) {
    if (r.kind === KIND.acquire) acquired++;
    if (r.kind === KIND.release) released++;
    if (r.kind === KIND.pairs) {
      acquired += r.value;
      released += r.value;
    }
  }
  return { acquired, released };
}

test('fast uncontended pairs are counted exactly and keep the last site', (t) => {
  const dir = temporaryDirectory(t);
  const s = stream(dir);
  const time = pairs(s, 5000, 0, 1, 1);
  pairs(s, 5000, time, 5001, 2);
  s.ledger.settle();
  s.writer.finish();
  const { records, damages } = drain(MemoryFiles.load(dir));
  assert.deepEqual(damages, []);
  assert.deepEqual(balance(records, 1), { acquired: 10_000, released: 10_000 });
  assert.ok(records.length < 500, `${records.length} records`);
  const last = records.findLast((r) => r.kind === KIND.pairs)!;
  assert.deepEqual([last.site, last.n], [2, 10_000]);
});

test('slow pairs are recorded one by one', (t) => {
  const dir = temporaryDirectory(t);
  const s = stream(dir);
  for (let i = 1; i <= 300; i++) {
    s.ledger.record(i * 1e6, ACQUIRE, 1, 1, i, 0);
    s.ledger.record(i * 1e6 + 10, RELEASE, 1, 1, i, 0);
  }
  s.writer.finish();
  const { records } = drain(MemoryFiles.load(dir));
  assert.equal(records.length, 600);
  assert.equal(records.filter((r) => r.kind === KIND.pairs).length, 0);
});

test('whoever begins to wait is seen with the lock that it holds, before the wait', (t) => {
  const dir = temporaryDirectory(t);
  const s = stream(dir);
  const time = pairs(s, 1000, 0, 1);
  s.ledger.record(time + 1, ACQUIRE, 1, 2, 1001, 0);
  s.ledger.record(time + 2, headOf(KIND.waitAcquire, FLAG.sync, 0), 2, 1, 1, 0);
  s.writer.finish();
  const { records } = drain(MemoryFiles.load(dir));
  assert.deepEqual(
    records.slice(-2).map((r) => [r.kind, r.resource, r.site, r.time]),
    [
      [KIND.acquire, 1, 2, time + 1],
      [KIND.waitAcquire, 2, 1, time + 2],
    ],
  );
  assert.deepEqual(balance(records, 1), { acquired: 1001, released: 1000 });
});

test('pairs of a nested lock stay single: the order of nesting is never lost', (t) => {
  const dir = temporaryDirectory(t);
  const s = stream(dir);
  let time = pairs(s, 500, 0, 1);
  for (let i = 1; i <= 200; i++) {
    time++;
    s.ledger.record(time, ACQUIRE, 2, 2, i, 0);
    time++;
    s.ledger.record(time, ACQUIRE, 1, 1, 500 + i, 0);
    time++;
    s.ledger.record(time, RELEASE, 1, 1, 500 + i, 0);
    time++;
    s.ledger.record(time, RELEASE, 2, 2, i, 0);
  }
  s.ledger.settle();
  s.writer.finish();
  const { records } = drain(MemoryFiles.load(dir));
  const inner = records.filter((r) => r.resource === 1 && r.kind === KIND.acquire && r.n > 500);
  assert.equal(inner.length, 200);
  for (const r of inner) {
    const before = records[records.indexOf(r) - 1]!;
    assert.deepEqual([before.kind, before.resource], [KIND.acquire, 2]);
  }
  assert.deepEqual(balance(records, 1), { acquired: 700, released: 700 });
  assert.deepEqual(balance(records, 2), { acquired: 200, released: 200 });
});

test('killed while pairs were counted and the lock was held: the mapped sink knows both', (t) => {
  const dir = temporaryDirectory(t);
  const files = new CopiedFiles();
  const s = stream(dir, files);
  const time = pairs(s, 3000, 0, 1);
  s.ledger.record(time + 7, ACQUIRE, 1, 2, 3001, 0);
  files.sync();
  const { records, damages } = drain(MemoryFiles.load(dir));
  assert.deepEqual(damages, []);
  assert.deepEqual(balance(records, 1), { acquired: 3001, released: 3000 });
  const last = records.at(-1)!;
  assert.deepEqual([last.kind, last.n, last.site, last.time], [KIND.acquire, 3001, 2, time + 7]);
});

test('killed between a release and the next acquisition: nobody holds the lock', (t) => {
  const dir = temporaryDirectory(t);
  const files = new CopiedFiles();
  pairs(stream(dir, files), 3000, 0, 1);
  files.sync();
  const { records } = drain(MemoryFiles.load(dir));
  assert.deepEqual(balance(records, 1), { acquired: 3000, released: 3000 });
});

test('live: a lock that a busy thread holds uncounted is told once, and its release too', (t) => {
  const dir = temporaryDirectory(t);
  const files = new CopiedFiles();
  const s = stream(dir, files);
  let now = 1e9;
  const live = new Collector();
  const memory = new MemoryFiles(new Map());
  const reader = new TraceReader(memory, { session: 'test', now: () => now });
  const poll = (): void => {
    files.sync();
    for (const [name, bytes] of MemoryFiles.load(dir).contents) memory.contents.set(name, bytes);
    reader.poll(live);
    now += 200e6;
  };
  let time = pairs(s, 3000, 0, 1);
  time += 50;
  s.ledger.record(time, ACQUIRE, 1, 2, 3001, 0);
  for (let i = 0; i < 5; i++) poll();
  const held = live.records.filter((r) => r.kind === KIND.acquire && r.n === 3001);
  assert.equal(held.length, 1);
  assert.deepEqual([held[0]!.site, held[0]!.time], [2, time]);
  time += 50;
  s.ledger.record(time, RELEASE, 1, 2, 3001, 0);
  time = pairs(s, 100, time, 3002);
  s.ledger.settle();
  poll();
  poll();
  reader.drain(live);
  assert.deepEqual(balance(live.records, 1), { acquired: 3101, released: 3101 });
  assert.equal(live.records.filter((r) => r.kind === KIND.release && r.n === 3001).length, 1);
});

test('a checkpoint repeats no acquisition that was given back, and totals do not count twice', (t) => {
  const dir = temporaryDirectory(t);
  writeSession(dir);
  const s = openStream(dir, NAME, { maxBytes: 128 * 1024 });
  for (const id of [1, 2]) {
    defineResource(s, id);
    defineSite(s, id);
  }
  let time = 0;
  for (let i = 1; i <= 20_000; i++) {
    time += 1e6;
    s.ledger.record(time, ACQUIRE, 1, 1, i, 0);
    time += 10;
    s.ledger.record(time, RELEASE, 1, 1, i, 0);
  }
  s.writer.finish();
  const { records } = drain(MemoryFiles.load(dir));
  const total = records.find((r) => r.kind === KIND.total && r.resource === 1)!;
  const acquired = records.filter((r) => r.kind === KIND.acquire && (r.flags & FLAG.checkpoint) === 0).length;
  assert.equal(total.n + acquired, 20_000);
  const repeated = records.filter((r) => r.kind === KIND.acquire && (r.flags & FLAG.checkpoint) !== 0);
  for (const r of repeated)
    assert.ok(records.some((x) => x.kind === KIND.release && x.n === r.n && x.slot > r.slot));
});
