import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Model, makeReport } from '../../src/model/index.ts';
import { FLAG, KIND, type Kind } from '../../src/trace/format/records.ts';
import type { Damage } from '../../src/trace/reader/sink.ts';
import { type StreamBuilder, TraceBuilder } from './builder.ts';
import { random } from './random.ts';

function gap(t: TraceBuilder, stream: StreamBuilder, count: number): void {
  const damage: Damage = {
    kind: 'dropped',
    stream: stream.def,
    count,
    time: t.tick(),
    gap: true,
    message: `${count} records were dropped`,
  };
  t.damage(damage);
}
const CHECKPOINT = { flags: FLAG.checkpoint };

describe('gaps and checkpoints', () => {
  it('forget what was held and waited for, until the checkpoint repeats it, and count nothing twice', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const [a, b, c] = [t.lock('A'), t.lock('B'), t.lock('C')];
    main.create(a, b, c);
    main.acquire(a, 1, '/app/main.ts:5');
    const heldSince = t.now;
    main.acquire(b, 1, '/app/main.ts:6');
    const wait = main.wait('waitAcquire', c, { site: '/app/main.ts:7' });
    const waitSince = t.now;
    gap(t, main, 100);
    const forgotten = t.feed(new Model()).resources();
    assert.ok(forgotten.every((r) => r.holders.length === 0 && r.waiters.length === 0));
    main.acquire(a, 1, '/app/main.ts:5', { ...CHECKPOINT, time: heldSince });
    main.on('waitAcquire', c, { ...CHECKPOINT, n: wait, time: waitSince, site: '/app/main.ts:7' });
    const [ra, rb, rc] = t.feed(new Model()).resources();
    assert.equal(ra?.holders[0]?.since, heldSince);
    assert.equal(ra?.holders[0]?.site?.line, 5);
    assert.equal(ra?.acquisitions, 1);
    assert.equal(rb?.holders.length, 0);
    assert.equal(rc?.waiters[0]?.since, waitSince);
    assert.equal(rc?.contended, 1);
    assert.equal(ra?.exact, false);
  });

  it('take repeats without a gap for what they are', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const lock = t.lock('A');
    main.create(lock).acquire(lock, 1);
    main.acquire(lock, 1, undefined, { ...CHECKPOINT, time: t.now });
    main.on('total', lock, { ...CHECKPOINT, n: 1 });
    const [view] = t.feed(new Model()).resources();
    assert.equal(view?.acquisitions, 1);
    assert.equal(view?.holders.length, 1);
    assert.equal(view?.exact, true);
  });

  it('learn the counts of dropped records from the totals', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const queue = t.queue('q');
    main.create(queue).on('send', queue, { n: 1, value: 10 });
    gap(t, main, 999);
    main
      .on('total', queue, { ...CHECKPOINT, n: 1000, value: 5 })
      .record('totalHigh', { ...CHECKPOINT, value: 2 });
    main.on('send', queue, { n: 1001, value: 7 });
    const model = t.feed(new Model());
    const [channel] = model.channels();
    assert.equal(channel?.sent, 1001);
    assert.equal(channel?.bytes, 2 * 2 ** 32 + 5 + 7);
    assert.equal(channel?.exact, false);
    assert.deepEqual([model.loss().dropped, model.loss().exact], [999, false]);
  });

  it('count coalesced pairs', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const lock = t.lock('A');
    main.create(lock).acquire(lock, 1).release(lock, 1).on('pairs', lock, { n: 5001, value: 5000 });
    const [view] = t.feed(new Model()).resources();
    assert.equal(view?.acquisitions, 5001);
    assert.equal(view?.exact, true);
    assert.equal(view?.holders.length, 0);
  });

  it('call nothing exact when the session file or a whole stream cannot be read', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    main.create(t.queue('q'));
    t.damage({ kind: 'unreadable', stream: undefined, count: 0, time: t.tick(), gap: false, message: 'x' });
    const report = makeReport(t.feed(new Model()));
    assert.equal(report.exact, false);
    assert.equal(report.channels[0]?.exact, false);
  });

  it('do not take a process that outlives the session for one that was killed', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const [daemon, killed] = [main.start('daemon', { pid: 11 }), main.start('killed', { pid: 12 })];
    main.childExit(killed, { signal: 9 });
    for (const stream of [daemon.def, killed.def]) {
      const message = `${stream.stream}: it has no end (killed)`;
      t.damage({ kind: 'unended', stream, count: 0, time: t.tick(), gap: false, message });
    }
    const [left, gone] = makeReport(t.feed(new Model())).problems.map(({ message }) => message);
    assert.match(left ?? '', /^11-\d+\.0: it still ran when the trace ended/);
    assert.match(gone ?? '', /^12-\d+\.0: it has no end \(killed\)$/);
  });

  it('make no finding certain from a channel that lost records', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const queue = t.queue('q');
    main.create(queue);
    const child = main.start('child', { pid: 11 }).open(queue);
    gap(t, child, 5);
    child.wait('waitReceive', queue, { sync: true });
    main.join(child, { sync: true });
    assert.deepEqual(t.feed(new Model()).findings(), []);
  });
});

describe('problems', () => {
  it('are told once, with their process', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    for (let i = 0; i < 3; i++)
      main.define({ type: 'problem', code: 'untraced', message: 'a child was not traced' });
    assert.deepEqual(t.feed(new Model()).loss().problems, [
      { process: '10', code: 'untraced', message: 'a child was not traced' },
    ]);
  });
});

describe('records that make no sense', () => {
  it('never throw, hang or count below zero', () => {
    const next = random(7);
    const kinds = Object.values(KIND);
    for (let round = 0; round < 50; round++) {
      const t = new TraceBuilder();
      const main = t.root({ pid: 10 });
      const child = main.start('child', { pid: 11 });
      const all = (['lock', 'queue', 'pool', 'barrier', 'ipc', 'atomics', 'condition'] as const).map((k) =>
        t.resource(k),
      );
      main.create(...all);
      child.open(...all);
      const model = t.feed(new Model());
      const whole = (most: number) => Math.floor(next() * most);
      for (let i = 0; i < 400; i++) {
        model.record(next() < 0.5 ? main.def : child.def, {
          time: next() * 1e9,
          kind: (next() < 0.9 ? kinds[whole(kinds.length)] : whole(256)) as Kind,
          flags: whole(256),
          task: whole(4),
          resource: whole(10),
          site: whole(8),
          n: next() < 0.9 ? whole(20) : whole(2 ** 32),
          value: next() < 0.9 ? whole(20) : whole(2 ** 32),
          slot: i,
        });
      }
      const report = makeReport(model, 60e9);
      for (const channel of report.channels) assert.ok((channel.sent ?? 0) >= 0 && (channel.depth ?? 0) >= 0);
      for (const resource of report.resources) assert.ok(resource.waitNs >= 0);
      model.tiles(['10.0', '11.0'], { start: 0, end: 1 << 30 }, 1024);
    }
  });
});

describe('exact', () => {
  const root = (argv: readonly string[]) => {
    const t = new TraceBuilder();
    t.observe({ type: 'rootStart', time: t.tick(), pid: 10, spawnKey: 'k', argv });
    return t;
  };
  const loss = (t: TraceBuilder) => t.feed(new Model()).loss();

  it('is not said of a program whose root ended without a stream, where the root is a Node', () => {
    const t = root(['/bin/node', '--check', 'x.js']);
    assert.equal(loss(t).exact, true, 'it may only have begun');
    t.observe({ type: 'rootExit', time: t.tick(), pid: 10, exitCode: 0, signal: null });
    assert.equal(loss(t).exact, false);
    assert.deepEqual(
      loss(t).problems.map(({ process, code }) => [process, code]),
      [['10', 'process-unseen']],
    );
    const shell = root(['bash', '-c', 'true']);
    shell.observe({ type: 'rootExit', time: shell.tick(), pid: 10, exitCode: 0, signal: null });
    assert.equal(loss(shell).exact, true);
  });

  it('is not said where a child of the runtime ended without a stream', () => {
    for (const [api, exact] of [
      ['Process', false],
      ['fork', true],
    ] as const) {
      const t = new TraceBuilder();
      const main = t.root({ pid: 10 });
      const key = main.startOnly('lost', { pid: 11, api });
      assert.equal(loss(t).exact, true);
      main.childExit(key, { pid: 11 });
      assert.equal(loss(t).exact, exact, api);
    }
  });

  it('is not said where a probe failed', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    main.define({ type: 'problem', code: 'uncaughtException', message: 'of the program' });
    assert.equal(loss(t).exact, true);
    main.define({ type: 'problem', code: 'shim-ipc', message: 'Error: x' });
    assert.equal(loss(t).exact, false);
  });
});
