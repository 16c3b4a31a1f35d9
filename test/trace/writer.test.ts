import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { RECORD_WORDS } from '../../src/trace/format/hash.ts';
import { FLAG, KIND, type TraceRecord } from '../../src/trace/format/records.ts';
import { HEADER_SIZE, segmentName } from '../../src/trace/format/segment.ts';
import { openTrace } from '../../src/trace/reader/open.ts';
import { emptyRecord, SegmentReader } from '../../src/trace/reader/segment-reader.ts';
import { headOf } from '../../src/trace/writer/ledger.ts';
import {
  Collector,
  CopiedFiles,
  defineResource,
  defineSite,
  drain,
  MemoryFiles,
  openStream,
  temporaryDirectory,
  writeSession,
} from './helpers.ts';

const NAME = '100-abc.0';

function read(dir: string): Collector {
  const collector = new Collector();
  const reader = openTrace(dir);
  reader.drain(collector);
  reader.close();
  return collector;
}

for (const mapped of [false, true]) {
  const sink = mapped ? 'mapped' : 'written';

  test(`${sink}: every field comes back as it was, at the edges of its type too`, (t) => {
    const dir = temporaryDirectory(t);
    writeSession(dir);
    const stream = openStream(dir, NAME, mapped ? { shared: new CopiedFiles() } : {});
    for (const id of [1, 0xffffffff]) {
      defineResource(stream, id);
      defineSite(stream, id);
    }
    const max = 0xffffffff;
    stream.writer.append(1.25, headOf(KIND.create, 0, 0), 1, 1, 0, 0);
    stream.writer.append(2 ** 52, headOf(KIND.waitEnd, 127, 65535), max | 0, max | 0, max | 0, max | 0);
    stream.writer.finish();
    const { records, damages } = read(dir);
    const zero = { stream: NAME, task: 0, flags: 0, n: 0, value: 0 };
    assert.deepEqual(records, [
      { ...zero, time: 1.25, kind: KIND.create, resource: 1, site: 1, slot: 0 },
      {
        time: 2 ** 52,
        kind: KIND.waitEnd,
        flags: 127,
        task: 65535,
        resource: max,
        site: max,
        n: max,
        value: max,
        slot: 1,
        stream: NAME,
      },
    ]);
    assert.deepEqual(damages, []);
  });

  test(`${sink}: the largest kind comes back as it was, also where this version does not know it`, (t) => {
    const dir = temporaryDirectory(t);
    const stream = openStream(dir, NAME, mapped ? { shared: new CopiedFiles() } : {});
    stream.writer.append(1, headOf(255, 127, 65535), 1, 2, 3, 4);
    stream.writer.finish();
    const segment = new SegmentReader(MemoryFiles.load(dir), segmentName(NAME, 0));
    const record = emptyRecord();
    assert.ok(segment.open());
    assert.equal(segment.advance(true), 'record');
    segment.decode(record);
    const fields = {
      time: 1,
      kind: 255,
      flags: 127,
      task: 65535,
      resource: 1,
      site: 2,
      n: 3,
      value: 4,
      slot: 0,
    };
    assert.deepEqual(record, fields);
  });

  test(`${sink}: 100,000 records over several segments, none lost, no checkpoint fed twice`, (t) => {
    const dir = temporaryDirectory(t);
    writeSession(dir);
    const stream = openStream(dir, NAME, mapped ? { shared: new CopiedFiles() } : {});
    defineResource(stream, 1);
    defineResource(stream, 2);
    stream.ledger.record(0, headOf(KIND.acquire, 0, 0), 2, 0, 1, 0);
    for (let i = 1; i <= 100_000; i++) stream.ledger.record(i, headOf(KIND.send, 0, 0), 1, 0, i, 8);
    stream.writer.finish();
    const segments = fs.readdirSync(dir).filter((n) => n.endsWith('.fks'));
    assert.ok(segments.length >= 4, `${segments.length} segments`);
    const { records, damages } = read(dir);
    assert.deepEqual(damages, []);
    assert.equal(records.length, 100_001);
    assert.deepEqual(
      records.filter((r) => r.kind === KIND.send).map((r) => r.n),
      Array.from({ length: 100_000 }, (_, i) => i + 1),
    );
  });

  test(`${sink}: the size cap drops the oldest segments, counts them, and the holder stays known`, (t) => {
    const dir = temporaryDirectory(t);
    writeSession(dir);
    const maxBytes = 512 * 1024;
    const stream = openStream(dir, NAME, mapped ? { maxBytes, shared: new CopiedFiles() } : { maxBytes });
    for (const id of [1, 2, 3]) defineResource(stream, id);
    defineSite(stream, 7);
    stream.ledger.record(5, headOf(KIND.acquire, 0, 3), 2, 7, 41, 0);
    stream.ledger.record(6, headOf(KIND.waitReceive, FLAG.timeout, 4), 3, 7, 9, 1500);
    for (let i = 1; i <= 60_000; i++) stream.ledger.record(10 + i, headOf(KIND.send, 0, 0), 1, 0, i, 100_000);
    stream.writer.finish();
    const onDisk = fs
      .readdirSync(dir)
      .filter((n) => n.endsWith('.fks'))
      .reduce((sum, n) => sum + fs.statSync(path.join(dir, n)).size, 0);
    assert.ok(onDisk <= maxBytes, `${onDisk} bytes`);
    const collected = read(dir);
    const { records, damages } = collected;
    assert.deepEqual([...new Set(damages.map((d) => d.kind))], ['dropped']);
    assert.ok(damages[0]!.gap);
    const first = records[0]!;
    assert.equal(collected.lost('dropped'), first.slot);
    assert.equal(stream.writer.dropped, first.slot);
    const held = records.find((r) => r.kind === KIND.acquire)!;
    const checkpoint = { time: 5, flags: FLAG.checkpoint, task: 3, resource: 2, site: 7, n: 41, value: 0 };
    assert.deepEqual({ ...held }, { ...checkpoint, kind: KIND.acquire, slot: held.slot, stream: NAME });
    const wait = records.find((r) => r.kind === KIND.waitReceive)!;
    assert.deepEqual([wait.time, wait.task, wait.site, wait.n, wait.value], [6, 4, 7, 9, 1500]);
    assert.equal(wait.flags, FLAG.timeout | FLAG.checkpoint);
    checkTotals(records);
  });
}

/** The total at the gap and the sends after it add up to all that was sent. */
function checkTotals(records: readonly TraceRecord[]): void {
  const total = records.find((r) => r.kind === KIND.total && r.resource === 1)!;
  const high = records.find((r) => r.kind === KIND.totalHigh && r.resource === 1);
  const sends = records.filter((r) => r.kind === KIND.send);
  assert.equal(total.n + sends.length, 60_000);
  assert.equal(total.value + (high?.value ?? 0) * 2 ** 32, total.n * 100_000);
}

test('switching to the mapped sink begins a new segment and loses nothing', (t) => {
  const dir = temporaryDirectory(t);
  writeSession(dir);
  const stream = openStream(dir, NAME);
  for (let i = 0; i < 10; i++) stream.ledger.record(i, headOf(KIND.signal, 0, 0), 0, 0, i, 0);
  stream.writer.useSink(new CopiedFiles());
  for (let i = 10; i < 20; i++) stream.ledger.record(i, headOf(KIND.signal, 0, 0), 0, 0, i, 0);
  stream.writer.finish();
  stream.ledger.record(20, headOf(KIND.signal, 0, 0), 0, 0, 20, 0);
  stream.writer.finish();
  const { records, damages } = read(dir);
  assert.deepEqual(
    records.map((r) => r.n),
    Array.from({ length: 21 }, (_, i) => i),
  );
  assert.deepEqual(damages, []);
  assert.equal(fs.readdirSync(dir).filter((n) => n.endsWith('.fks')).length, 3);
});

test('a writer that was killed: the mapped sink loses nothing, the other says that it may have', (t) => {
  const dir = temporaryDirectory(t);
  writeSession(dir);
  const files = new CopiedFiles();
  const mapped = openStream(dir, '100-a.0', { shared: files });
  const written = openStream(dir, '200-b.0');
  for (const { writer } of [mapped, written])
    for (let i = 1; i <= 50; i++) writer.append(i, headOf(KIND.signal, 0, 0), 0, 0, i, 0);
  written.writer.flush();
  for (let i = 51; i <= 60; i++) written.writer.append(i, headOf(KIND.signal, 0, 0), 0, 0, i, 0);
  files.sync();
  const { records, damages } = drain(MemoryFiles.load(dir));
  assert.equal(records.filter((r) => r.stream === '100-a.0').length, 50);
  assert.equal(records.filter((r) => r.stream === '200-b.0').length, 50);
  assert.deepEqual(
    damages.map((d) => [d.stream?.stream, d.kind, d.count]),
    [['200-b.0', 'unended', 0]],
  );
});

test('a half-written record at the end is torn, and nothing before it is touched', (t) => {
  const dir = temporaryDirectory(t);
  writeSession(dir);
  const files = new CopiedFiles();
  const stream = openStream(dir, NAME, { shared: files });
  for (let i = 1; i <= 5; i++) stream.writer.append(i, headOf(KIND.signal, 0, 0), 0, 0, i, 0);
  stream.writer.words[HEADER_SIZE / 4 + 5 * RECORD_WORDS + 4] = 77;
  files.sync();
  const { records, damages } = drain(MemoryFiles.load(dir));
  assert.equal(records.length, 5);
  assert.deepEqual(
    damages.map((d) => [d.kind, d.count]),
    [['torn', 1]],
  );
});

test('where mapping is refused, records are written instead', (t) => {
  const dir = temporaryDirectory(t);
  writeSession(dir);
  const refusing = {
    map(): never {
      throw new Error('ENOMEM');
    },
  };
  const stream = openStream(dir, NAME, { shared: refusing });
  for (let i = 0; i < 5000; i++) stream.writer.append(i, headOf(KIND.signal, 0, 0), 0, 0, i, 0);
  stream.writer.finish();
  const { records, damages } = read(dir);
  assert.deepEqual([records.length, damages], [5000, []]);
});

test('a directory that is gone and comes back: what was lost between is counted exactly', (t) => {
  const dir = temporaryDirectory(t);
  const inner = path.join(dir, 'trace');
  fs.mkdirSync(inner);
  writeSession(inner);
  const stream = openStream(inner, NAME);
  let time = 0;
  let n = 0;
  const append = (count: number): void => {
    for (let i = 0; i < count; i++) {
      time += 1e6;
      stream.writer.append(time, headOf(KIND.signal, 0, 0), 0, 0, n++, 0);
      stream.writer.flush();
    }
  };
  append(490);
  fs.renameSync(inner, `${inner}.away`);
  append(1000);
  fs.renameSync(`${inner}.away`, inner);
  append(1000);
  stream.writer.finish();
  const collected = read(inner);
  assert.equal(collected.records.length + collected.lost('dropped'), 2490);
  assert.ok(collected.lost('dropped') >= 900, `${collected.lost('dropped')} dropped`);
  assert.deepEqual([...new Set(collected.damages.map((d) => d.kind))], ['dropped']);
  assert.equal(collected.records.at(-1)!.n, 2489);
});
