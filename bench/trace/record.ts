// Run by bench/trace.ts, bundled as the shim is. Prints one line of JSON: ns per operation, by name.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { SharedFiles } from '../../src/base/environment.ts';
import { SHARED_FILES } from '../../src/base/environment.ts';
import { Clock } from '../../src/shim/core/clock.ts';
import { openPlatform } from '../../src/shm/session.ts';
import { KIND } from '../../src/trace/format/records.ts';
import { NodeTraceFiles } from '../../src/trace/reader/node-files.ts';
import { TraceReader } from '../../src/trace/reader/reader.ts';
import { headOf, Ledger } from '../../src/trace/writer/ledger.ts';
import { TraceWriter } from '../../src/trace/writer/writer.ts';

const COUNT = 1_000_000;
const ROUNDS = 5;
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'forkscope-bench-'));
const clock = new Clock(process.hrtime.bigint());
const results: Record<string, number> = {};
let streams = 0;

function open(shared: SharedFiles | undefined): TraceWriter {
  const writer = new TraceWriter({ dir, stream: `${++streams}-a.0`, maxBytes: 32 * 1024 * 1024 });
  if (shared) writer.useSink(shared);
  return writer;
}

/** Median of some rounds, ns of CPU (so that other programs do not count) for each of `COUNT` operations. */
function measure(name: string, round: () => void): void {
  const times: number[] = [];
  for (let i = 0; i <= ROUNDS; i++) {
    const begin = process.cpuUsage();
    round();
    const { user, system } = process.cpuUsage(begin);
    times.push(((user + system) * 1000) / COUNT);
  }
  // The first one compiles the code.
  results[name] = times.slice(1).sort((a, b) => a - b)[ROUNDS >> 1]!;
}

function measureSink(sink: string, shared: SharedFiles | undefined): void {
  const head = headOf(KIND.send, 0, 0);
  measure(`${sink}: record and check`, () => {
    const writer = open(shared);
    for (let i = 0; i < COUNT; i++) writer.append(i, head, 1, 2, i, 8);
    writer.finish();
  });
  measure(`${sink}: with clock`, () => {
    const writer = open(shared);
    for (let i = 0; i < COUNT; i++) writer.append(clock.now(), head, 1, 2, i, 8);
    writer.finish();
  });
  measure(`${sink}: message (with counters)`, () => {
    const writer = open(shared);
    const ledger = new Ledger(writer);
    for (let i = 0; i < COUNT; i++) ledger.record(clock.now(), head, 1, 2, i, 8);
    writer.finish();
  });
  measure(`${sink}: lock pair (coalesced)`, () => {
    const writer = open(shared);
    const ledger = new Ledger(writer);
    const acquire = headOf(KIND.acquire, 0, 0);
    const release = headOf(KIND.release, 0, 0);
    for (let i = 1; i <= COUNT; i++) {
      ledger.record(clock.now(), acquire, 1, 2, i, 0);
      ledger.record(clock.now(), release, 1, 0, i, 0);
    }
    writer.finish();
  });
}

let sum = 0;
measure('clock alone', () => {
  for (let i = 0; i < COUNT; i++) sum += clock.now();
});
openPlatform();
measureSink('mapped', Reflect.get(globalThis, Symbol.for(SHARED_FILES)) as SharedFiles | undefined);
measureSink('written', undefined);

measure('written: flush of one record', () => {
  const writer = open(undefined);
  for (let i = 0; i < COUNT / 100; i++) {
    writer.append(i, headOf(KIND.send, 0, 0), 1, 2, i, 8);
    writer.flush();
  }
});
results['written: flush of one record']! *= 100;
fs.rmSync(dir, { recursive: true });

fs.mkdirSync(dir);
for (let s = 0; s < 4; s++) {
  const writer = open(undefined);
  for (let i = 0; i < COUNT / 4; i++) writer.append(i * 4 + s, headOf(KIND.signal, 0, 0), 0, 0, i, 0);
  writer.finish();
}
measure('read: check, merge of 4 streams', () => {
  let records = 0;
  const reader = new TraceReader(new NodeTraceFiles(dir), { session: '', now: () => 0 });
  reader.drain({
    record: () => {
      records++;
    },
    definition: () => {},
    observation: () => {},
    damage: () => {},
  });
  reader.close();
  if (records !== COUNT) throw new Error(`${records} of ${COUNT} were read`);
});
fs.rmSync(dir, { recursive: true });
console.log(JSON.stringify({ ...results, checksum: sum > 0 ? 0 : 1 }));
