import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { RECORD_WORDS } from '../../src/trace/format/hash.ts';
import { KIND } from '../../src/trace/format/records.ts';
import { HEADER_SIZE, segmentName } from '../../src/trace/format/segment.ts';
import { openTrace } from '../../src/trace/reader/open.ts';
import { type Lane, Lanes } from '../../src/trace/writer/lanes.ts';
import { headOf } from '../../src/trace/writer/ledger.ts';
import { salvage } from '../../src/trace/writer/salvage.ts';
import {
  Collector,
  CopiedFiles,
  defineResource,
  openStream,
  type TestStream,
  temporaryDirectory,
  writeSession,
} from './helpers.ts';

const NAME = '100-abc.1';
const HEAD = headOf(KIND.send, 0, 0);

function read(dir: string): Collector {
  const collector = new Collector();
  const reader = openTrace(dir);
  reader.drain(collector);
  reader.close();
  return collector;
}

function open(dir: string): { stream: TestStream; lane: Lane; lanes: Lanes } {
  writeSession(dir);
  const lanes = new Lanes();
  const lane = lanes.claim(undefined);
  assert.ok(lane);
  const stream = openStream(dir, NAME, { lane });
  defineResource(stream, 1);
  lane.lines = stream.lines.count;
  return { stream, lane, lanes };
}

function send({ writer }: TestStream, from: number, to: number): void {
  for (let n = from; n <= to; n++) writer.append(n, HEAD, 1, 0, n, 0);
}
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

// Before, at and after the ends of lanes (500 records) and segments (500, 4,500).
for (const count of [0, 1, 499, 500, 501, 999, 1000, 1001, 4499, 4500, 4501, 9999]) {
  for (const flushed of [0, Math.floor(count / 3), count]) {
    test(`${count} records, flushed after ${flushed}: all are there`, (t) => {
      const dir = temporaryDirectory(t);
      const { stream, lane } = open(dir);
      send(stream, 1, flushed);
      stream.writer.flush();
      send(stream, flushed + 1, count);
      salvage({ dir, stream: NAME, lane }, true);
      const { records, damages } = read(dir);
      assert.deepEqual(
        records.map((r) => r.n),
        upTo(count),
      );
      assert.deepEqual(damages, []);
    });
  }
}

for (const bytes of [0, HEADER_SIZE, HEADER_SIZE * 4]) {
  test(`stopped when it had made the file of its next segment, ${bytes} bytes of it: nothing is missing`, (t) => {
    const dir = temporaryDirectory(t);
    const { stream, lane } = open(dir);
    send(stream, 1, 500);
    stream.writer.flush();
    assert.ok(fs.existsSync(path.join(dir, segmentName(NAME, 0))));
    fs.writeFileSync(path.join(dir, segmentName(NAME, 1)), new Uint8Array(bytes));
    salvage({ dir, stream: NAME, lane }, true);
    const { records, damages } = read(dir);
    assert.equal(records.length, 500);
    assert.deepEqual(damages, []);
  });
}

test('killed when it had made the file of its next segment: its end is missing, and no header is damaged', (t) => {
  const dir = temporaryDirectory(t);
  const { stream } = open(dir);
  send(stream, 1, 500);
  stream.writer.flush();
  fs.writeFileSync(path.join(dir, segmentName(NAME, 1)), '');
  const { records, damages } = read(dir);
  assert.equal(records.length, 500);
  assert.deepEqual(
    damages.map(({ kind }) => kind),
    ['unended'],
  );
});

test("what an earlier worker had in the lane is not the next one's", (t) => {
  const dir = temporaryDirectory(t);
  const { stream, lane, lanes } = open(dir);
  send(stream, 1, 30);
  salvage({ dir, stream: NAME, lane }, true);
  lane.free();
  const next = lanes.claim(undefined);
  assert.equal(next?.index, lane.index);
  const other = openStream(dir, '100-abc.2', { lane: next });
  defineResource(other, 1);
  next!.lines = other.lines.count;
  send(other, 1, 2);
  salvage({ dir, stream: '100-abc.2', lane: next! }, true);
  const { records, damages } = read(dir);
  assert.deepEqual([records.length, damages], [32, []]);
});

test('without salvage the reader says that records may be missing', (t) => {
  const dir = temporaryDirectory(t);
  const { stream } = open(dir);
  send(stream, 1, 700);
  const { records, damages } = read(dir);
  assert.equal(records.length, 500);
  assert.deepEqual(
    damages.map((d) => d.kind),
    ['unended'],
  );
});

test('a record that is half stored is left out', (t) => {
  const dir = temporaryDirectory(t);
  const { stream, lane } = open(dir);
  send(stream, 1, 10);
  const words = new Int32Array(lane.bytes.buffer, lane.bytes.byteOffset, lane.bytes.length >> 2);
  const last = (HEADER_SIZE >> 2) + 9 * RECORD_WORDS + 7;
  words[last] = 0;
  salvage({ dir, stream: NAME, lane }, true);
  const { records, damages } = read(dir);
  assert.deepEqual([records.map((r) => r.n), damages], [upTo(9), []]);
});

test('while the process ends: what is there is written, and what follows is written at once', (t) => {
  const dir = temporaryDirectory(t);
  const { stream, lane, lanes } = open(dir);
  send(stream, 1, 700);
  lanes.close();
  salvage({ dir, stream: NAME, lane }, false);
  assert.deepEqual([read(dir).records.length, read(dir).damages], [700, []]);
  assert.ok(stream.writer.writesThrough);
  for (let n = 701; n <= 9000; n++) {
    send(stream, n, n);
    stream.writer.flush();
  }
  assert.deepEqual([read(dir).records.length, read(dir).damages], [9000, []]);
});

test('a stream that has ended by itself is left alone', (t) => {
  const dir = temporaryDirectory(t);
  const { stream, lane } = open(dir);
  send(stream, 1, 5);
  stream.writer.finish();
  salvage({ dir, stream: NAME, lane }, true);
  send(stream, 6, 6);
  stream.writer.flush();
  const { records, damages } = read(dir);
  assert.deepEqual([records.map((r) => r.n), damages], [upTo(6), []]);
});

test('a stream that has gone over to mapped files is left alone', (t) => {
  const dir = temporaryDirectory(t);
  const { stream, lane } = open(dir);
  send(stream, 1, 5);
  const files = new CopiedFiles();
  stream.writer.useSink(files);
  send(stream, 6, 8);
  salvage({ dir, stream: NAME, lane }, true);
  files.sync();
  const { records, damages } = read(dir);
  assert.deepEqual([records.map((r) => r.n), damages], [upTo(8), []]);
});

test('stopped between two segments: the last one is the end', (t) => {
  const dir = temporaryDirectory(t);
  const { stream, lane } = open(dir);
  send(stream, 1, 5);
  stream.writer.useSink(new CopiedFiles());
  salvage({ dir, stream: NAME, lane }, true);
  const { records, damages } = read(dir);
  assert.deepEqual([records.map((r) => r.n), damages], [upTo(5), []]);
});

test('a lane that is used again does not bring back what was there before', (t) => {
  const dir = temporaryDirectory(t);
  const { stream, lane, lanes } = open(dir);
  send(stream, 1, 5);
  salvage({ dir, stream: NAME, lane }, true);
  lane.free();
  const again = lanes.claim(undefined);
  assert.equal(again?.index, lane.index);
  salvage({ dir, stream: '100-abc.2', lane: again }, true);
  const { records, damages } = read(dir);
  assert.deepEqual([records.length, damages], [5, []]);
});

test('a trace directory that is gone, or a full lane table, throws nothing', (t) => {
  const dir = temporaryDirectory(t);
  const { stream, lane, lanes } = open(dir);
  send(stream, 1, 5);
  salvage({ dir: `${dir}/gone`, stream: NAME, lane }, true);
  let claimed = 1;
  while (lanes.claim(lane.index)) claimed++;
  assert.ok(claimed >= 16);
  assert.equal([...lanes.used()].length, claimed);
  assert.equal([...lanes.used(lane.index)].length, claimed - 1);
});

test('stopped before the header of its segment was written, or before there was a file', (t) => {
  for (const spoil of [(file: string) => fs.truncateSync(file), (file: string) => fs.unlinkSync(file)]) {
    const dir = temporaryDirectory(t);
    const { stream, lane } = open(dir);
    send(stream, 1, 501);
    spoil(path.join(dir, segmentName(NAME, 1)));
    salvage({ dir, stream: NAME, lane }, true);
    const { records, damages } = read(dir);
    assert.deepEqual([records.map((r) => r.n), damages], [upTo(501), []]);
  }
});
