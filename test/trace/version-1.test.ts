// Traces that version 1.0 has written, with most kinds of records that it had: what they say stays what it was. The programs lie
// beside them.
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { Model, makeReport } from '../../src/model/index.ts';
import { KIND_NAMES, type KindName } from '../../src/trace/format/records.ts';
import { openTrace } from '../../src/trace/index.ts';
import { Collector } from './helpers.ts';

const folder = path.resolve(__dirname, '../fixtures/traces-1.0');

function read(name: string) {
  const collector = new Collector();
  const model = new Model();
  for (const sink of [collector, model]) {
    const reader = openTrace(path.join(folder, name));
    reader.drain(sink);
    reader.close();
  }
  return { ...collector, report: makeReport(model, model.lastTime) };
}

describe('a trace of version 1.0 is read whole', () => {
  const kinds = new Set<KindName | undefined>();

  it("what Node's own processes, threads and channels do", () => {
    const { records, damages, report } = read('node-apis');
    for (const record of records) kinds.add(KIND_NAMES[record.kind]);
    assert.deepEqual(damages, []);
    assert.deepEqual(
      report.processes.map((p) => [p.name, p.exitCode]),
      [
        ['node-apis.cjs', 0],
        ['node (20121)', 0],
        ['node (20181)', 3],
        ['node-apis.cjs child', 0],
      ],
    );
    assert.deepEqual(
      report.channels.filter((c) => (c.sent ?? 0) > 0).map((c) => [c.kind, c.sent, c.received, c.exact]),
      [
        ['stdio', 5, 5, true],
        ['stdio', 1000, 1000, true],
        ['port', 1, 0, true],
        ['ipc', 3, 3, true],
        ['ipc', 3, 3, true],
        ['port', 3, 3, true],
        ['port', 1, 1, true],
        ['port', 1, 1, true],
        ['port', 1, 1, true],
      ],
    );
    assert.deepEqual(report.findings, []);
  });

  it('what the runtime does', () => {
    const { records, damages, report } = read('runtime-apis');
    for (const record of records) kinds.add(KIND_NAMES[record.kind]);
    assert.deepEqual(damages, []);
    assert.deepEqual(
      report.processes.map((p) => [p.name, p.exitCode, p.signal]),
      [
        ['runtime-apis.mjs', 0, null],
        ['producer', 0, null],
        ['PoolWorker-1', 0, null],
        ['PoolWorker-2', 0, null],
        ['sleeper', null, 'SIGTERM'],
      ],
    );
    assert.deepEqual(
      report.channels.map((c) => [c.kind, c.sent, c.received, c.exact]),
      [
        ['queue', 3, 3, true],
        ['queue', 5, 5, true],
        ['queue', 5, 5, true],
        ['queue', 0, 0, true],
      ],
    );
    assert.deepEqual(
      report.resources.map((r) => [r.kind, r.acquisitions]),
      [
        ['event', 0],
        ['barrier', 0],
        ['pool', 0],
        ['rlock', 1],
        ['condition', 0],
        ['semaphore', 200],
      ],
    );
    assert.deepEqual(report.findings, []);
  });

  it('with its kinds of records', () => {
    const some =
      'acquire barrierPass childExit close create disconnect eventSet notify open pairs poolClose poolWorker processExit processStart quiescent receive release'.split(
        ' ',
      );
    const others =
      'rest resumed send start submit taskDone taskEnd taskStart threadStart waitAtomics waitBarrier waitEnd waitEvent waitJoin waitReceive waitResult waitSyncSpawn'.split(
        ' ',
      );
    assert.deepEqual([...kinds].sort(), [...some, ...others]);
  });
});
