import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Resource, type StreamBuilder, TraceBuilder } from '../builder.ts';
import { find, LONG, none, only, places, SETTLED } from './ask.ts';

interface Scene {
  readonly t: TraceBuilder;
  readonly main: StreamBuilder;
  readonly child: StreamBuilder;
  readonly q: Resource;
}
/** main made q and gave it to a child. */
function scene(q?: Resource): Scene {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10 });
  const queue = q ?? t.queue('q', 2);
  main.create(queue);
  const child = main.start('child', { pid: 11, site: '/app/main.ts:4' }).open(queue);
  return { t, main, child, q: queue };
}
function put(who: StreamBuilder, q: Resource, from: number, to: number): void {
  for (let n = from; n <= to; n++) who.on('send', q, { n, value: 8, site: '/app/main.ts:20' });
}
function get(who: StreamBuilder, q: Resource, from: number, to: number): void {
  for (let n = from; n <= to; n++) who.on('receive', q, { n, value: 8 });
}

describe('join-before-drain', () => {
  function full({ main, child, q }: Scene, sync = true): void {
    put(child, q, 1, 2);
    child.record('exiting');
    child.wait('waitFlush', q, { site: '/app/main.ts:21', sync: true });
    main.join(child, { site: '/app/main.ts:6', sync });
  }
  it('is certain when only the joiner could read', () => {
    const s = scene();
    full(s);
    const finding = only(s.t, 'join-before-drain', 'certain');
    assert.deepEqual(places(finding), ['created 1', 'started 4', 'waits 21', 'waits 6']);
    assert.match(finding.title, /main\.ts joins child before reading/);
  });
  it('is certain for an awaited join when the joiner is quiescent', () => {
    const s = scene();
    full(s, false);
    none(s.t);
    s.main.quiescent();
    only(s.t, 'join-before-drain', 'certain');
  });
  it('is suspected when a timer of the joiner is armed', () => {
    const s = scene();
    full(s, false);
    s.main.quiescent(0, 1);
    none(s.t, 1000);
    only(s.t, 'join-before-drain', 'suspected', LONG);
  });
  it('is not reported while another process that can read is alive', () => {
    const s = scene();
    s.main.start('reader', { pid: 12 }).open(s.q);
    full(s);
    none(s.t, LONG);
  });
  it('is not reported for a join with a timeout', () => {
    const s = scene();
    put(s.child, s.q, 1, 2);
    s.child.wait('waitFlush', s.q, { sync: true });
    s.main.join(s.child, { sync: true, timeout: 1000 });
    none(s.t, LONG);
  });
  it('is exit-join-before-drain at the automatic join', () => {
    const s = scene();
    s.main.record('exiting');
    full(s);
    only(s.t, 'exit-join-before-drain', 'certain');
  });
  it('is not reported for a child that still computes', () => {
    const s = scene();
    put(s.child, s.q, 1, 2);
    s.main.join(s.child, { sync: true });
    none(s.t, LONG);
  });
});

describe('pipes', () => {
  function duplex(): { t: TraceBuilder; a: StreamBuilder; b: StreamBuilder; ab: Resource; ba: Resource } {
    const t = new TraceBuilder();
    const a = t.root({ pid: 10 });
    const ab = t.resource('pipe', 'ab', { peerKey: 'pipe:ba', capacity: 1 });
    const ba = t.resource('pipe', 'ba', { peerKey: 'pipe:ab', capacity: 1 });
    a.on('create', ab, { value: 2 }).on('create', ba, { value: 1 });
    const b = a.start('b', { pid: 11 });
    b.openRole(ab, 'read').openRole(ba, 'write');
    return { t, a, b, ab, ba };
  }
  it('pipe-both-full: both send and nobody receives', () => {
    const { t, a, b, ab, ba } = duplex();
    put(a, ab, 1, 1);
    put(b, ba, 1, 1);
    a.wait('waitSend', ab, { sync: true, site: '/app/main.ts:30' });
    b.wait('waitSend', ba, { sync: true, site: '/app/main.ts:40' });
    const finding = only(t, 'pipe-both-full', 'certain');
    assert.equal(finding.chain.length, 2);
  });
  it('pipe-both-full is not reported while one of them computes and may receive', () => {
    const { t, a, ab } = duplex();
    put(a, ab, 1, 1);
    a.wait('waitSend', ab, { sync: true });
    none(t, LONG);
  });
  it('pipe-both-receiving: both wait and nothing is on its way', () => {
    const { t, a, b, ab, ba } = duplex();
    a.wait('waitReceive', ba, { sync: true });
    b.wait('waitReceive', ab, { sync: true });
    only(t, 'pipe-both-receiving', 'certain');
  });
  it('pipe-both-receiving is not reported with a message in flight', () => {
    const { t, a, b, ab, ba } = duplex();
    put(a, ab, 1, 1);
    a.wait('waitReceive', ba, { sync: true });
    b.wait('waitReceive', ab, { sync: true });
    none(t, LONG);
  });
  it('pipe-no-eof: the writer is gone and the reader has a write end itself', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const pipe = t.resource('pipe', 'p');
    main.on('create', pipe, { value: 3, site: '/app/main.ts:2' });
    const writer = main.start('writer', { pid: 11 }).openRole(pipe, 'write');
    put(writer, pipe, 1, 1);
    get(main, pipe, 1, 1);
    writer.exit(0);
    main.childExit(writer);
    main.wait('waitReceive', pipe, { sync: true, site: '/app/main.ts:9' });
    none(t);
    const finding = only(t, 'pipe-no-eof', 'certain', SETTLED);
    assert.match(finding.explanation, /writer, which sent into pipe p, has exited/);
    assert.match(finding.explanation, /has a write end of pipe p itself/);
    assert.deepEqual(places(finding), ['created 2', 'waits 9']);
  });
  it('pipe-no-eof is not reported when the end of the pipe was seen or will be', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const pipe = t.resource('pipe', 'p');
    main.on('create', pipe, { value: 3 }).on('close', pipe, { value: 2 });
    const writer = main.start('writer', { pid: 11 }).openRole(pipe, 'write');
    main.wait('waitReceive', pipe, { sync: true });
    writer.exit(0);
    main.childExit(writer);
    none(t);
  });
  it('pipe-no-eof: a consumer that is joined and never told to stop', () => {
    const { t, main, child, q } = scene();
    child.wait('waitReceive', q, { sync: true });
    main.join(child, { sync: true });
    const finding = only(t, 'pipe-no-eof', 'certain');
    assert.match(finding.fix, /end marker/);
    assert.equal(finding.processes.length, 2);
  });
  it('a consumer of a queue that a live process could fill is not reported', () => {
    const { t, child, q } = scene();
    child.wait('waitReceive', q, { sync: true });
    none(t, LONG);
  });
  it('an endless reader that is being terminated is not reported', () => {
    const { t, main, child, q } = scene();
    child.wait('waitReceive', q, { sync: true });
    main.record('signal', { n: 11, value: 15 });
    main.join(child, { sync: true });
    none(t);
    main.childExit(child, { signal: 15 });
    assert.deepEqual(find(t, LONG), []);
  });
  it('workers that wait for jobs of a server are not reported, however long it is idle', () => {
    const { t, main, child, q } = scene();
    child.wait('waitReceive', q);
    child.quiescent();
    main.join(child);
    none(t, LONG);
    main.quiescent(1, 0);
    none(t, LONG);
    main.quiescent(0, 1);
    none(t, LONG);
    main.quiescent(0, 0);
    only(t, 'pipe-no-eof', 'certain');
  });
  it('workers whose parent was killed a moment ago are not reported: they die with it', () => {
    const { t, main, child, q } = scene();
    const other = main.start('other', { pid: 12 }).open(q);
    main.quiescent();
    for (const who of [child, other]) who.wait('waitReceive', q, { sync: true });
    t.at(100);
    t.observe({ type: 'rootExit', time: t.tick(), pid: 10, exitCode: null, signal: 'SIGINT' });
    t.observe({ type: 'osGone', time: t.tick(), pid: 11 });
    t.observe({ type: 'osGone', time: t.tick(), pid: 12 });
    none(t, LONG);
  });
  it('a child that starts up may still open the queue', () => {
    const { t, main, child, q } = scene();
    child.wait('waitReceive', q, { sync: true });
    const late = main.start('late', { pid: 13, starting: true });
    main.join(child, { sync: true });
    none(t);
    // However long its imports take, and whatever they do.
    none(t, LONG);
    late.open(q);
    none(t, LONG);
    late.record('targetStart');
    none(t, LONG);
  });
  it('a child of an older trace, which does not tell when its target begins, starts as long as it uses nothing', () => {
    const { t, main, child, q } = scene();
    child.wait('waitReceive', q, { sync: true });
    const late = main.start('late', { pid: 13, minor: 0 });
    main.join(child, { sync: true });
    none(t);
    only(t, 'pipe-no-eof', 'certain', LONG);
    late.open(q);
    none(t, LONG);
  });
});

describe('item-not-delivered', () => {
  it('is certain when the producer waits for the consumer too', () => {
    const { t, main, child, q } = scene();
    main.on('sendRejected', q, { site: '/app/main.ts:20' });
    child.wait('waitReceive', q, { sync: true, site: '/app/main.ts:30' });
    main.join(child, { sync: true });
    const kinds = find(t).map((finding) => finding.kind);
    assert.ok(kinds.includes('item-not-delivered') || kinds.includes('pipe-no-eof'));
    assert.equal(kinds.length, 1);
  });
  it('is suspected after a while, with both places', () => {
    const { t, main, child, q } = scene();
    main.on('sendRejected', q, { site: '/app/main.ts:20' });
    child.wait('waitReceive', q, { sync: true, site: '/app/main.ts:30' });
    none(t, 1000);
    assert.deepEqual(places(only(t, 'item-not-delivered', 'suspected', LONG)), ['sent 20', 'waits 30']);
  });
  it('is not reported when nobody waits for it', () => {
    const { t, main, q } = scene();
    main.on('sendRejected', q);
    none(t, LONG);
  });
});

describe('exit-after-send', () => {
  function ipc(): { t: TraceBuilder; main: StreamBuilder; child: StreamBuilder; up: Resource } {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const up = t.resource('ipc', 'up');
    main.openRole(up, 'read');
    const child = main.start('child', { pid: 11, api: 'fork' }).openRole(up, 'write');
    return { t, main, child, up };
  }
  it('is certain when the peer saw the end without the message', () => {
    const { t, main, child, up } = ipc();
    put(child, up, 1, 2);
    get(main, up, 1, 1);
    child.exit(0);
    main.childExit(child).on('disconnect', up);
    const finding = only(t, 'exit-after-send', 'certain');
    assert.equal(finding.blocking, false);
    assert.deepEqual(places(finding), ['sent 20']);
  });
  it('is not reported for messages that arrived where nobody listens', () => {
    const { t, main, child, up } = ipc();
    put(child, up, 1, 3);
    child.exit(0);
    main.childExit(child).on('disconnect', up, { value: 3 });
    none(t, LONG);
  });
  it('is not reported where somebody had closed the channel before', () => {
    for (const closer of ['main', 'child'] as const) {
      const s = ipc();
      put(s.child, s.up, 1, 2);
      s[closer].on('disconnect', s.up);
      s.child.exit(0);
      s.main.childExit(s.child);
      none(s.t, LONG);
    }
  });
  it('is not reported while the messages may be under way, or when they came', () => {
    const { t, main, child, up } = ipc();
    put(child, up, 1, 1);
    child.exit(0);
    main.childExit(child);
    none(t);
    get(main, up, 1, 1);
    none(t, LONG);
  });
});
