// What a later minor version has added is skipped and said; everything else of its traces is read.
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { TRACE_MINOR } from '../../src/trace/format/definitions.ts';
import { KINDS, type KindSpec } from '../../src/trace/format/kinds.ts';
import { isKnown, KIND } from '../../src/trace/format/records.ts';
import { SESSION_FILE } from '../../src/trace/format/segment.ts';
import { TraceReader } from '../../src/trace/reader/reader.ts';
import { headOf } from '../../src/trace/writer/ledger.ts';
import { LineWriter } from '../../src/trace/writer/line-writer.ts';
import {
  Collector,
  defineResource,
  drain,
  MemoryFiles,
  openStream,
  temporaryDirectory,
  writeSession,
} from './helpers.ts';

/** A number that no kind has. */
const LATER = 200;

describe('a trace of a later minor version', () => {
  it('is read, and what is not known is skipped and counted', (t) => {
    assert.ok(!isKnown(LATER));
    const dir = temporaryDirectory(t);
    writeSession(dir);
    const stream = openStream(dir, '100-a.0');
    defineResource(stream, 1);
    for (let i = 0; i < 10; i++) {
      stream.ledger.record(i, headOf(KIND.send, 0, 0), 1, 0, i + 1, 8);
      stream.ledger.record(i, headOf(LATER, 0x7f, 7), 99, 99, i, i);
    }
    stream.lines.write({ type: 'ofALaterVersion', id: 7 }, 20, stream.writer.slot);
    stream.writer.finish();

    const fed = drain(MemoryFiles.load(dir));
    assert.deepEqual(
      fed.records.map((r) => [r.kind, r.n, r.slot]),
      Array.from({ length: 10 }, (_, i) => [KIND.send, i + 1, 2 * i]),
    );
    assert.deepEqual([...new Set(fed.damages.map((d) => d.kind))], ['later']);
    assert.equal(fed.lost('later'), 11);
    assert.match(
      fed.damages[0]!.message,
      /^100-a\.0: skipped .* that this Forkscope does not know \(trace version 1\.0, this one reads 1\.\d+\)$/,
    );
  });

  it('is said to be one as soon as it shows, and again only at the end', (t) => {
    const dir = temporaryDirectory(t);
    writeSession(dir);
    const stream = openStream(dir, '100-a.0');
    const later = (time: number) => stream.ledger.record(time, headOf(LATER, 0, 0), 0, 0, 0, 0);
    const live = () => {
      stream.writer.flush();
      reader.poll(collector, 0);
      return collector.damages.map((d) => d.count);
    };
    let now = 0;
    const collector = new Collector();
    const files = new MemoryFiles(new Map());
    const reader = new TraceReader(files, { session: 'test', now: () => ++now * 1e6 });
    const seen: number[][] = [];
    for (let i = 0; i < 5; i++) {
      later(i);
      later(i);
      stream.writer.flush();
      for (const [name, bytes] of MemoryFiles.load(dir).contents) files.contents.set(name, bytes);
      seen.push(live());
    }
    assert.deepEqual(seen, [[2], [2], [2], [2], [2]]);
    stream.writer.finish();
    for (const [name, bytes] of MemoryFiles.load(dir).contents) files.contents.set(name, bytes);
    reader.drain(collector);
    assert.deepEqual(
      collector.damages.map((d) => [d.kind, d.count]),
      [
        ['later', 2],
        ['later', 8],
      ],
    );
  });

  it('may have seen more from outside', (t) => {
    const dir = temporaryDirectory(t);
    const lines = new LineWriter(path.join(dir, SESSION_FILE));
    const head = { session: 'test', origin: '0', wallClock: 0, argv: [], cwd: '/', launcherPid: 1 };
    lines.write({ type: 'session', version: 1, minor: 99, ...head }, 0);
    for (let i = 0; i < 3; i++) lines.write({ type: 'ofALaterVersion', time: i }, i);
    lines.write({ type: 'end', time: 9 }, 9);
    lines.close();
    const fed = drain(MemoryFiles.load(dir));
    assert.deepEqual(
      fed.observations.map((o) => o.type),
      ['session', 'end'],
    );
    assert.deepEqual(
      fed.damages.map((d) => d.kind),
      ['later'],
    );
    assert.equal(fed.lost('later'), 3);
    assert.match(fed.damages[0]!.message, /^session\.def: skipped 3 entries .*trace version 1\.99/);
  });
});

describe('the table of record kinds', () => {
  const entries = Object.entries<KindSpec>(KINDS);

  it('gives every kind a number of its own', () => {
    const numbers = entries.map(([, { number }]) => number);
    assert.equal(new Set(numbers).size, numbers.length);
    assert.ok(numbers.every((n) => Number.isInteger(n) && n > 0 && n < 256));
  });

  it('has no kind of a minor version that is still to come', () => {
    assert.ok(entries.every(([, { since = 0 }]) => since <= TRACE_MINOR));
  });
});
