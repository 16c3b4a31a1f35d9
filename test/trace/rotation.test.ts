import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { KIND } from '../../src/trace/format/records.ts';
import { HEADER_SIZE, segmentName } from '../../src/trace/format/segment.ts';
import { openTrace } from '../../src/trace/reader/open.ts';
import { headOf } from '../../src/trace/writer/ledger.ts';
import {
  Collector,
  CopiedFiles,
  defineResource,
  openStream,
  temporaryDirectory,
  writeSession,
} from './helpers.ts';

const NAME = '100-abc.0';

/** A mapped stream with 500 records, killed; `finish`: it has sealed its segment before. */
function killed(dir: string, finish: boolean): void {
  writeSession(dir);
  const files = new CopiedFiles();
  const stream = openStream(dir, NAME, { shared: files });
  defineResource(stream, 1);
  for (let n = 1; n <= 500; n++) stream.writer.append(n, headOf(KIND.send, 0, 0), 1, 0, n, 0);
  files.sync();
  if (finish) stream.writer.useSink(files);
}

function read(dir: string): Collector {
  const collector = new Collector();
  const reader = openTrace(dir);
  reader.drain(collector);
  reader.close();
  return collector;
}

for (const bytes of [0, 100, HEADER_SIZE, 100_000]) {
  test(`killed while it made the next mapped segment, ${bytes} bytes of zeros: nothing is missing`, (t) => {
    const dir = temporaryDirectory(t);
    killed(dir, false);
    fs.writeFileSync(path.join(dir, segmentName(NAME, 1)), new Uint8Array(bytes));
    const { records, damages } = read(dir);
    assert.deepEqual([records.length, damages], [500, []]);
  });

  test(`a next segment that holds nothing any more, ${bytes} bytes of zeros: that is said`, (t) => {
    const dir = temporaryDirectory(t);
    killed(dir, true);
    fs.writeFileSync(path.join(dir, segmentName(NAME, 1)), new Uint8Array(bytes));
    const { records, damages } = read(dir);
    assert.equal(records.length, 500);
    assert.ok(damages.length > 0);
  });
}

test('mapped segments follow each other without a hole, and the cap counts all of them', (t) => {
  const dir = temporaryDirectory(t);
  writeSession(dir);
  const maxBytes = 256 * 1024;
  const files = new CopiedFiles();
  const stream = openStream(dir, NAME, { shared: files, maxBytes });
  defineResource(stream, 1);
  for (let n = 1; n <= 30_000; n++) {
    stream.ledger.record(n, headOf(KIND.send, 0, 0), 1, 0, n, 0);
    if (n % 1000 === 0) {
      const segments = fs.readdirSync(dir).filter((name) => name.endsWith('.fks'));
      const size = segments.reduce((sum, name) => sum + fs.statSync(path.join(dir, name)).size, 0);
      assert.ok(size <= maxBytes, `${size} bytes`);
    }
  }
  files.sync();
  const { records, damages } = read(dir);
  const sends = records.filter((r) => r.kind === KIND.send).map((r) => r.n);
  assert.equal(sends.at(-1), 30_000);
  assert.deepEqual(
    sends,
    sends.map((_, i) => sends[0]! + i),
  );
  const total = records.find((r) => r.kind === KIND.total);
  assert.equal(total && total.n + sends.length, 30_000);
  assert.deepEqual([...new Set(damages.map((d) => d.kind))], ['dropped']);
});
