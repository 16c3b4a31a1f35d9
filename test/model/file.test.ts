import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Model } from '../../src/model/index.ts';
import { TraceBuilder } from './builder.ts';

const NAMES = ['/app/main.ts', 'file:///app/main.ts'];

function program() {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10 });
  const [lock, queue, other] = [t.lock('till'), t.queue('jobs'), t.lock('other')];
  main.create(lock, queue);
  t.at(10);
  main.acquire(lock, 1, '/app/main.ts:20');
  const child = main.start('child', { pid: 11, site: '/app/main.ts:5' });
  return { t, main, child, lock, queue, other };
}

describe('what is known of a file', () => {
  it('tells at each line the things that were made or used there, with the longest wait', () => {
    const { t, main, child, lock, queue } = program();
    t.at(20);
    const n = child.wait('waitAcquire', lock, { site: '/app/main.ts:30' });
    t.at(120);
    main.release(lock, 1);
    child.endWait(n).acquire(lock, 2, '/app/main.ts:30').release(lock, 2);
    main.on('send', queue, { n: 1, site: '/app/main.ts:40' });
    const view = t.feed(new Model()).file(NAMES);
    assert.deepEqual(
      view.places.map(({ line, things, more }) => [
        line,
        more,
        ...things.map(({ made, resource, channel }) => [made, resource?.name ?? channel?.name]),
      ]),
      [
        [1, 0, [true, 'till']],
        [2, 0, [true, 'jobs']],
        [20, 0, [false, 'till']],
        [30, 0, [false, 'till']],
        [40, 0, [false, 'jobs']],
      ],
    );
    const [first] = view.places[0]?.things ?? [];
    assert.equal(first?.resource?.acquisitions, 2);
    assert.equal(first.resource.contended, 1);
    assert.equal(Math.round(first.longestWaitNs / 1e6), 100);
    assert.deepEqual(view.lines, [1, 2, 5, 20, 30, 40]);
  });

  it('counts a wait that lasts as far as it has come', () => {
    const { t, child, lock } = program();
    t.at(20);
    child.wait('waitAcquire', lock, { site: '/app/main.ts:30' });
    t.at(500);
    child.record('quiescent');
    const [place] = t.feed(new Model()).file(NAMES).places;
    assert.equal(Math.round((place?.things[0]?.longestWaitNs ?? 0) / 1e6), 480);
  });

  it('knows a file by its URL too, and nothing of others', () => {
    const { t, main, lock } = program();
    main.acquire(lock, 2, 'file:///app/main.ts:77');
    const model = t.feed(new Model());
    assert.ok(model.file(NAMES).lines.includes(77));
    assert.deepEqual(model.file(['/app/other.ts']), { lines: [], places: [] });
  });

  it('names the busiest of many things that were made at one line', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    for (let i = 0; i < 8; i++) {
      const lock = t.lock(`lock ${i}`);
      main.on('create', lock, { site: '/app/main.ts:1' });
      for (let n = 1; n <= i; n++) main.acquire(lock, n).release(lock, n);
    }
    const [place, ...rest] = t.feed(new Model()).file(NAMES).places;
    assert.deepEqual(rest, []);
    assert.equal(place?.more, 3);
    assert.deepEqual(
      place.things.map(({ resource }) => resource?.name),
      ['lock 7', 'lock 6', 'lock 5', 'lock 4', 'lock 3'],
    );
  });

  it('does not take the place of a child for that of a lock with its number', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    main.create(t.lock('a'));
    const child = main.start('child', { pid: 11, site: '/app/main.ts:5' });
    main.join(child, { site: '/app/main.ts:6' });
    const view = t.feed(new Model()).file(NAMES);
    assert.deepEqual(
      view.places.map(({ line }) => line),
      [1],
    );
  });
});

describe('what happened at a line', () => {
  it('is a wait that lasts, before a longer one that is over', () => {
    const { t, main, child, lock } = program();
    t.at(20);
    const n = child.wait('waitAcquire', lock, { site: '/app/main.ts:30 < /app/main.ts:31' });
    t.at(500);
    main.release(lock, 1);
    child.endWait(n).acquire(lock, 2, '/app/main.ts:33').release(lock, 2);
    const over = t.feed(new Model()).eventAt(NAMES, 30);
    assert.equal(Math.round((over?.time ?? 0) / 1e6), 20);
    assert.match(over?.thread ?? '', /11/);
    t.at(600);
    main.acquire(lock, 3, '/app/main.ts:20');
    t.at(700);
    child.wait('waitAcquire', lock, { site: '/app/main.ts:30 < /app/main.ts:31' });
    const model = t.feed(new Model());
    for (const line of [30, 31])
      assert.equal(Math.round((model.eventAt(NAMES, line)?.time ?? 0) / 1e6), 700, String(line));
  });

  it('is when something was made or started there, where nobody waited', () => {
    const { t } = program();
    const model = t.feed(new Model());
    assert.ok((model.eventAt(NAMES, 1)?.time ?? 1e9) < 10e6);
    assert.ok((model.eventAt(NAMES, 5)?.time ?? 0) >= 10e6);
    assert.equal(model.eventAt(NAMES, 99), null);
  });
});
