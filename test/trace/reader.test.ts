import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { KIND } from '../../src/trace/format/records.ts';
import { viewsOf, writeHeader } from '../../src/trace/format/segment.ts';
import { TraceError, type TraceErrorCode } from '../../src/trace/reader/errors.ts';
import { openTrace } from '../../src/trace/reader/open.ts';
import { TraceReader } from '../../src/trace/reader/reader.ts';
import { headOf } from '../../src/trace/writer/ledger.ts';
import { LineWriter } from '../../src/trace/writer/line-writer.ts';
import {
  Collector,
  CopiedFiles,
  defineResource,
  defineSite,
  drain,
  MemoryFiles,
  openStream,
  randomNumbers,
  temporaryDirectory,
  writeSession,
} from './helpers.ts';

/** A live reader over a directory, with a clock that the test moves. */
function liveReader(dir: string, files: CopiedFiles) {
  const memory = new MemoryFiles(new Map());
  const collector = new Collector(true);
  const clock = { now: 0 };
  const reader = new TraceReader(memory, { session: 'test', now: () => clock.now });
  const refresh = (): void => {
    files.sync();
    memory.contents.clear();
    for (const [name, bytes] of MemoryFiles.load(dir).contents) memory.contents.set(name, bytes);
  };
  return {
    collector,
    clock,
    poll: () => {
      refresh();
      return reader.poll(collector);
    },
    drain: () => {
      refresh();
      return reader.drain(collector);
    },
  };
}

for (const seed of [1, 2, 3]) {
  test(`replay feeds in the order in which the live tail fed (${seed})`, (t) => {
    const dir = temporaryDirectory(t);
    const files = new CopiedFiles();
    const random = randomNumbers(seed);
    const live = liveReader(dir, files);
    writeSession(dir);
    const streams = [
      openStream(dir, '100-a.0'),
      openStream(dir, '200-b.0', { shared: files }),
      openStream(dir, '300-c.0', { shared: files }),
    ];
    let time = 0;
    let sites = 0;
    for (let i = 1; i <= 6000; i++) {
      const s = streams[random(streams.length)]!;
      time += random(2) * 1e5;
      if (random(20) === 0) defineSite(s, ++sites, time);
      if (i <= 3) for (const each of streams) defineResource(each, i, time);
      s.ledger.record(time, headOf([KIND.send, KIND.receive][random(2)]!, 0, 0), 1, 0, i, 8);
      if (random(10) === 0) streams[0]!.writer.flush();
      if (random(200) === 0) {
        streams[0]!.writer.flush();
        live.clock.now = time;
        assert.equal(live.poll().late, false);
      }
    }
    for (const s of streams) s.writer.finish();
    assert.ok(live.collector.records.length > 1000, 'polls fed most of it');
    assert.equal(live.drain().late, false);
    const replay = drain(MemoryFiles.load(dir), true);
    assert.deepEqual(live.collector.damages, []);
    assert.deepEqual(live.collector.log, replay.log);
    assert.equal(replay.records.length, 6000);
  });
}

test('a batch that comes after its time is fed and said to be late', (t) => {
  const dir = temporaryDirectory(t);
  const files = new CopiedFiles();
  writeSession(dir);
  const live = liveReader(dir, files);
  const prompt = openStream(dir, '100-a.0', { shared: files });
  const tardy = openStream(dir, '200-b.0');
  prompt.writer.append(1e6, headOf(KIND.signal, 0, 0), 0, 0, 1, 0);
  tardy.writer.append(2e6, headOf(KIND.signal, 0, 0), 0, 0, 2, 0);
  prompt.writer.append(3e6, headOf(KIND.signal, 0, 0), 0, 0, 3, 0);
  live.clock.now = 1e9;
  assert.deepEqual([live.poll().late, live.collector.records.map((r) => r.n)], [false, [1, 3]]);
  tardy.writer.flush();
  const result = live.poll();
  assert.deepEqual([result.late, result.records], [true, 1]);
  assert.deepEqual(
    live.collector.records.map((r) => r.n),
    [1, 3, 2],
  );
  assert.deepEqual(
    drain(MemoryFiles.load(dir)).records.map((r) => r.n),
    [1, 2, 3],
  );
});

test('nothing younger than the lag is fed: an older record may still come', (t) => {
  const dir = temporaryDirectory(t);
  const files = new CopiedFiles();
  const live = liveReader(dir, files);
  const s = openStream(dir, '100-a.0', { shared: files });
  for (const time of [1e9, 2e9]) s.writer.append(time, headOf(KIND.signal, 0, 0), 0, 0, time / 1e9, 0);
  live.clock.now = 2e9;
  const result = live.poll();
  assert.ok(result.watermark < 2e9);
  assert.equal(live.collector.records.length, 1);
  live.clock.now = 3e9;
  live.poll();
  assert.equal(live.collector.records.length, 2);
});

test('a writer that goes on during a look: what defines a record is there when the record is', (t) => {
  const dir = temporaryDirectory(t);
  writeSession(dir);
  const s = openStream(dir, '100-a.0');
  let id = 0;
  const goOn = (): void => {
    defineResource(s, ++id, id);
    defineSite(s, id, id);
    s.writer.append(id, headOf(KIND.send, 0, 0), id, id, id, 8);
    s.writer.flush();
  };
  goOn();
  /** Each time when the reader has looked for records there are more. */
  class Busy extends MemoryFiles {
    override list(): readonly string[] {
      return fs.readdirSync(dir);
    }
    override read(name: string, position: number, into: Uint8Array): number {
      if (name.endsWith('.fks') && id < 20) goOn();
      const bytes = fs.readFileSync(path.join(dir, name)).subarray(position, position + into.length);
      into.set(bytes);
      return bytes.length;
    }
    override size(name: string): number {
      return fs.statSync(path.join(dir, name)).size;
    }
  }
  const collector = new Collector();
  const reader = new TraceReader(new Busy(new Map()), { session: 'test', now: () => 1e9 });
  for (let looks = 0; collector.records.length < 20 && looks < 100; looks++) reader.poll(collector);
  assert.deepEqual(collector.damages, []);
  assert.deepEqual(
    collector.records.map(({ n }) => n),
    Array.from({ length: 20 }, (_, i) => i + 1),
  );
});

function refusal(dir: string): TraceError {
  try {
    openTrace(dir).close();
  } catch (error) {
    assert.ok(error instanceof TraceError);
    return error;
  }
  return assert.fail('it was opened');
}
function assertRefused(dir: string, code: TraceErrorCode, words: RegExp): void {
  const error = refusal(dir);
  assert.equal(error.code, code);
  assert.match(error.message, words);
}

test('what is no trace is refused with a reason', (t) => {
  const dir = temporaryDirectory(t);
  assertRefused(path.join(dir, 'none'), 'notFound', /no trace directory/);
  assertRefused(dir, 'notATrace', /no Forkscope trace/);
  const file = path.join(dir, 'file');
  fs.writeFileSync(file, '');
  assertRefused(file, 'notADirectory', /directory/);
});

test('another version is refused, wherever it shows', (t) => {
  for (const where of ['session', 'definition', 'segment'] as const) {
    const dir = temporaryDirectory(t);
    writeSession(dir);
    if (where === 'session') {
      fs.rmSync(path.join(dir, 'session.def'));
      new LineWriter(path.join(dir, 'session.def')).write(
        { type: 'session', version: 2, session: 'x', origin: '0' },
        0,
      );
    } else if (where === 'definition') {
      new LineWriter(path.join(dir, '100-a.0.def')).write({ type: 'stream', version: 2 }, 0);
    } else {
      const views = viewsOf(new ArrayBuffer(320), 0, 320);
      const header = {
        version: 2,
        stream: 0,
        segment: 0,
        first: 0,
        dropped: 0,
        capacity: 0,
        sink: 0,
      } as const;
      writeHeader(views, header);
      fs.writeFileSync(path.join(dir, '100-a.0.0.fks'), new Uint8Array(views.words.buffer));
    }
    assertRefused(dir, 'version', /trace version 2; this one reads 1\).*Update Forkscope/);
  }
});

test('an unreadable directory is refused with the reason', {
  skip: process.getuid?.() === 0 && 'only on accounts that are not root',
}, (t) => {
  const dir = temporaryDirectory(t);
  fs.chmodSync(dir, 0);
  assertRefused(dir, 'denied', /permissions/);
  fs.chmodSync(dir, 0o700);
});
