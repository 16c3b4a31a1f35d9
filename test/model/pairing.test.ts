import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model } from '../../src/model/index.ts';
import { Halves } from '../../src/model/state/halves.ts';
import { TraceBuilder } from './builder.ts';
import { random } from './random.ts';

test('halves are found by position, in whichever order they come and go', () => {
  const halves = new Halves(1024);
  const expected = new Map<number, number>();
  const next = random(7);
  for (let n = 1; n < 5000; n++) {
    halves.put(n, n * 10, n % 3, 5);
    expected.set(n, n * 10);
    for (const old of [n - Math.floor(next() * 200), n - 1]) {
      // Some never get their other half.
      if (old % 97 === 0) continue;
      halves.delete(old);
      expected.delete(old);
    }
  }
  assert.equal(halves.size, expected.size);
  for (const [n, time] of expected) assert.equal(halves.get(n)?.time, time);
  assert.equal(halves.get(1), undefined);
  const ofOne = [...expected.keys()].filter((n) => n % 3 === 1).length;
  assert.equal(halves.countOf(1), ofOne);
});

test('no more halves are kept than may be, the latest ones', () => {
  const halves = new Halves(64);
  for (let n = 1; n <= 1000; n++) halves.put(n, n, 0, 0);
  assert.ok(halves.size <= 128);
  assert.equal(halves.get(1000)?.time, 1000);
  assert.equal(halves.get(1), undefined);
});

test('without a timeline counts and latencies are the same, and nothing of a message is kept', () => {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10 });
  const child = main.start('child', { pid: 11 });
  const queue = t.queue('q');
  for (let n = 1; n <= 500; n++) {
    main.on('send', queue, { n, value: 3 });
    child.on('receive', queue, { n, value: 3 });
  }
  const whole = t.feed(new Model());
  const lean = t.feed(new Model(undefined, { timeline: false }));
  assert.equal(whole.channels()[0]?.received, 500);
  assert.deepEqual(lean.channels(), whole.channels());
  assert.deepEqual(lean.processes(), whole.processes());
  const all = { start: 0, end: whole.lastTime + 1 };
  assert.equal(whole.flows(all, 1000).length, 500);
  assert.equal(lean.flows(all, 1000).length, 0);
  assert.equal(lean.tracks()[0]?.slices, 0);
});
