import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock } from '../../src/shim/core/clock.ts';
import { Recorder } from '../../src/shim/core/recorder.ts';
import { KIND_NAMES } from '../../src/trace/format/records.ts';
import { openTrace } from '../../src/trace/reader/open.ts';
import { Collector, temporaryDirectory, writeSession } from '../trace/helpers.ts';

const STREAM = '100-abc.0';

/** A clock that stands until it is moved, ns. */
class StandingClock extends Clock {
  time = 0;
  override now(): number {
    return this.time;
  }
}

function kindsIn(dir: string): (string | undefined)[] {
  const collector = new Collector();
  const reader = openTrace(dir);
  reader.drain(collector);
  reader.close();
  return collector.records.map(({ kind }) => KIND_NAMES[kind]);
}

test('a thread that goes on is in its files at once, also a moment after its rest was written', (t) => {
  const dir = temporaryDirectory(t);
  const clock = new StandingClock(process.hrtime.bigint());
  writeSession(dir);
  const recorder = new Recorder({ dir, stream: STREAM, maxBytes: 0, clock });
  const ids = { processKey: '100-abc', pid: 100, ppid: 1, threadId: 0, start: 0 };
  recorder.define({ type: 'stream', version: 1, session: 'test', stream: STREAM, ...ids });
  const resource = recorder.defineResource({ key: 'ipc-in:1', kind: 'ipc' });
  const sources = recorder.defineSources(true, []);
  clock.time = 500e6;
  recorder.quiesce(1, 0, sources);
  assert.equal(kindsIn(dir).at(-1), 'quiescent');
  // The callback that begins now may keep the thread in native code for ever: nothing else would write.
  clock.time += 10_000;
  recorder.receive(clock.now(), resource, 0, 0, 1, 10);
  assert.deepEqual(kindsIn(dir).slice(-2), ['resumed', 'receive']);
});
