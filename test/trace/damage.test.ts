import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { FLAG, KIND } from '../../src/trace/format/records.ts';
import { SESSION_FILE } from '../../src/trace/format/segment.ts';
import { headOf } from '../../src/trace/writer/ledger.ts';
import {
  type Collector,
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

/** Enough for several segments of each stream; each of thousands of damaged copies is read as a whole. */
const RECORDS = 2500;

/** A trace with everything in it: both sinks, several segments, an unsealed end, coalesced pairs, waits, definitions. */
function makeTrace(dir: string): MemoryFiles {
  writeSession(dir);
  const files = new CopiedFiles();
  const streams = [
    openStream(dir, '100-a.0'),
    openStream(dir, '200-b.0', { shared: files }),
    openStream(dir, '200-b.1', { shared: files }),
  ];
  const random = randomNumbers(7);
  let time = 0;
  for (const s of streams) {
    for (let id = 1; id <= 4; id++) {
      defineResource(s, id, time);
      defineSite(s, id, time);
    }
  }
  for (let i = 1; i <= RECORDS; i++) {
    const s = streams[random(streams.length)]!;
    const kind = [KIND.send, KIND.receive, KIND.notify][random(3)]!;
    time += 1 + random(1000);
    s.ledger.record(time, headOf(kind, 0, 0), 1 + random(4), 1 + random(4), i, random(1e6));
    if (i % 900 === 0) s.lines.write({ type: 'task', id: i, name: `t${i}` }, time, s.writer.slot);
  }
  streams[0]!.writer.finish();
  streams[2]!.writer.finish();
  files.sync();
  return MemoryFiles.load(dir);
}

type Fed = Collector['records'][number];

/** The records of a whole trace by stream and slot. */
function truthOf(whole: Collector): Map<string, Fed[]> {
  const truth = new Map<string, Fed[]>();
  for (const r of whole.records) {
    const stream = truth.get(r.stream) ?? [];
    truth.set(r.stream, stream);
    stream[r.slot] = r;
  }
  return truth;
}

function equal(a: Fed | undefined, b: Fed): boolean {
  if (!a || a.time !== b.time || a.kind !== b.kind || a.resource !== b.resource) return false;
  return a.site === b.site && a.n === b.n && a.value === b.value && a.flags === b.flags;
}

/** What a damaged trace gives is true, and what is missing is told. */
function checkHonest(whole: Collector, truth: Map<string, Fed[]>, damaged: Collector, what: string): void {
  const seen = new Map<string, Set<number>>();
  let count = 0;
  for (const r of damaged.records) {
    if ((r.flags & FLAG.checkpoint) !== 0) continue;
    if (!equal(truth.get(r.stream)?.[r.slot], r)) assert.fail(`${what}: never written: ${JSON.stringify(r)}`);
    const slots = seen.get(r.stream) ?? new Set();
    seen.set(r.stream, slots);
    if (slots.has(r.slot)) assert.fail(`${what}: fed twice: ${JSON.stringify(r)}`);
    slots.add(r.slot);
    count++;
  }
  const missing = whole.records.length - count;
  // A task's name that is cut off the end of a killed process's file cannot be missed, and nothing is counted by it.
  const definitions = countDefinitions(whole) - countDefinitions(damaged);
  const told = damaged.damages.length > 0;
  if (!told && (missing > 0 || definitions > 0)) {
    assert.fail(`${what}: ${missing} records and ${definitions} definitions missing, not told`);
  }
  const known = damaged.lost('lost', 'torn', 'corrupt', 'dropped');
  if (!damaged.damages.some((d) => d.count === 0) && known < missing) {
    assert.fail(`${what}: ${missing} records missing, ${known} told`);
  }
}

function countDefinitions({ definitions }: Collector): number {
  return definitions.filter((d) => d.type !== 'task').length;
}

test('every stream cut off at 100 random places: no crash, nothing invented, the loss is told', (t) => {
  const { contents } = makeTrace(temporaryDirectory(t));
  const whole = drain(new MemoryFiles(contents));
  const truth = truthOf(whole);
  assert.deepEqual(whole.damages, []);
  assert.equal(whole.records.length, RECORDS);
  const random = randomNumbers(1);
  for (const [name, bytes] of contents) {
    for (let i = 0; i < 100; i++) {
      const length = random(bytes.length);
      const cut = new MemoryFiles(new Map(contents).set(name, bytes.slice(0, length)));
      checkHonest(whole, truth, drain(cut), `${name} cut to ${length} of ${bytes.length}`);
    }
  }
});

test('500 random flips of a bit: no crash, nothing invented, the loss is told', (t) => {
  const { contents } = makeTrace(temporaryDirectory(t));
  const whole = drain(new MemoryFiles(contents));
  const truth = truthOf(whole);
  const random = randomNumbers(2);
  const names = [...contents.keys()];
  for (let i = 0; i < 500; i++) {
    const name = names[random(names.length)]!;
    const bytes = contents.get(name)!.slice();
    const at = random(bytes.length);
    const bit = random(8);
    bytes[at]! ^= 1 << bit;
    const flipped = new MemoryFiles(new Map(contents).set(name, bytes));
    checkHonest(whole, truth, drain(flipped), `${name}: bit ${bit} of byte ${at} of ${bytes.length}`);
  }
});

test('a piece repeated in the header or anywhere: no crash, nothing invented, the loss is told', (t) => {
  const { contents } = makeTrace(temporaryDirectory(t));
  const whole = drain(new MemoryFiles(contents));
  const truth = truthOf(whole);
  const random = randomNumbers(4);
  for (const [name, bytes] of contents) {
    if (!name.endsWith('.fks')) continue;
    for (let i = 0; i < 100; i++) {
      // The header stays what it was where the piece begins in it and ends behind it: only the records lie elsewhere.
      const at = i % 2 === 0 ? 6 : random(bytes.length);
      const length = 1 + random(300);
      const changed = Buffer.concat([
        bytes.subarray(0, at),
        bytes.subarray(at, at + length),
        bytes.subarray(at),
      ]);
      const repeated = new MemoryFiles(new Map(contents).set(name, new Uint8Array(changed)));
      checkHonest(whole, truth, drain(repeated), `${name}: ${length} bytes repeated at ${at}`);
    }
  }
});

test('noise, zeros and missing files in place of any file: no crash, the loss is told', (t) => {
  const { contents } = makeTrace(temporaryDirectory(t));
  const whole = drain(new MemoryFiles(contents));
  const truth = truthOf(whole);
  const random = randomNumbers(3);
  for (const [name, bytes] of contents) {
    const noise = bytes.map(() => random(256));
    for (const other of [noise, new Uint8Array(bytes.length), undefined]) {
      const changed = new Map(contents);
      if (other) changed.set(name, other);
      else changed.delete(name);
      const result = drain(new MemoryFiles(changed));
      checkHonest(whole, truth, result, `${name} replaced`);
      assert.ok(result.damages.length > 0, `${name} replaced, and nothing was told`);
    }
  }
});

test('a damaged stretch in the middle: the reader goes on behind it and counts it', (t) => {
  const { contents } = makeTrace(temporaryDirectory(t));
  const whole = drain(new MemoryFiles(contents));
  const name = '100-a.0.0.fks';
  const bytes = contents.get(name)!.slice();
  bytes.fill(0xee, 320 + 32 * 100 + 5, 320 + 32 * 110 - 5);
  const result = drain(new MemoryFiles(new Map(contents).set(name, bytes)));
  const records = result.records.filter((r) => (r.flags & FLAG.checkpoint) === 0);
  assert.equal(records.length, whole.records.length - 10);
  assert.deepEqual(
    result.damages.map((d) => [d.kind, d.count, d.gap]),
    [['corrupt', 10, true]],
  );
});

test('a record that names a definition which is gone: told', (t) => {
  const { contents } = makeTrace(temporaryDirectory(t));
  const text = new TextDecoder().decode(contents.get('100-a.0.def')!);
  const kept = text.split('\n').filter((line) => !line.includes('"type":"resource","id":3'));
  const changed = new Map(contents).set('100-a.0.def', new TextEncoder().encode(kept.join('\n')));
  const result = drain(new MemoryFiles(changed));
  assert.ok(result.lost('definitions') >= 1);
});

test('a trace directory that disappears while it is read live', (t) => {
  const dir = temporaryDirectory(t);
  const { contents } = makeTrace(dir);
  const gone = new MemoryFiles(new Map(contents));
  for (const name of [...gone.contents.keys()]) if (name !== SESSION_FILE) gone.contents.delete(name);
  assert.equal(drain(gone).records.length, 0);
  assert.ok(fs.existsSync(dir));
});
