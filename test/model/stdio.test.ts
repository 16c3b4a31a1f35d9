import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ChannelView, Model, makeReport, reportLines } from '../../src/model/index.ts';
import { FLAG, ROLE } from '../../src/trace/format/records.ts';
import { parseStdioKey, stdioKey } from '../../src/trace/format/stdio-key.ts';
import { type Resource, type StreamBuilder, TraceBuilder } from './builder.ts';

interface Scene {
  readonly t: TraceBuilder;
  readonly main: StreamBuilder;
  readonly child: StreamBuilder;
  readonly out: Resource;
}
function scene(): Scene {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10 });
  const child = main.start('child', { pid: 11, api: 'spawn', spawnKey: 'k' });
  const out = t.resource('stdio', 'stdout', { key: stdioKey('k', 1, 'up') });
  main.on('create', out, { value: ROLE.read });
  child.openRole(out, 'write');
  return { t, main, child, out };
}
function channels(t: TraceBuilder): readonly ChannelView[] {
  return t.feed(new Model()).channels();
}
function only(t: TraceBuilder): ChannelView {
  const [channel, ...others] = channels(t);
  assert.ok(channel);
  assert.deepEqual(others, []);
  return channel;
}

describe('stdio keys', () => {
  it('are the same for both ends and can be read back', () => {
    assert.deepEqual(parseStdioKey(stdioKey('a:b', 0, 'down')), { spawnKey: 'a:b', fd: 0, way: 'down' });
    assert.deepEqual(parseStdioKey(stdioKey('k', 2, 'up')), { spawnKey: 'k', fd: 2, way: 'up' });
    assert.deepEqual(parseStdioKey(stdioKey('k', 5, 'down')), { spawnKey: 'k', fd: 5, way: 'down' });
    assert.equal(parseStdioKey('ipc:k:up'), undefined);
  });
});

describe('stdio channels', () => {
  it('count bytes, with what is in flight and how long it took', () => {
    const { t, main, child, out } = scene();
    t.at(100);
    child.on('send', out, { n: 100, value: 100 });
    t.at(104);
    main.on('receive', out, { n: 100, value: 100 });
    t.at(200);
    child.on('send', out, { n: 150, value: 50 });
    const { kind, name, from, to, sent, received, bytes, depth, latencyNs, exact } = only(t);
    assert.deepEqual([kind, name, from, to], ['stdio', 'stdout of child', ['11'], ['10']]);
    assert.deepEqual([sent, received, bytes, depth, exact], [150, 100, 150, 50, true]);
    assert.equal(latencyNs, 4_000_000);
    assert.equal(t.feed(new Model()).flows({ start: 0, end: 1e12 }, 10).length, 1);
  });
  it('pair other pieces at the two ends, and tell no time of sums', () => {
    const { t, main, child, out } = scene();
    t.at(100);
    child.on('send', out, { n: 10, value: 10 });
    child.on('send', out, { n: 300, value: 290, flags: FLAG.summed });
    t.at(110);
    main.on('receive', out, { n: 200, value: 200 });
    main.on('receive', out, { n: 300, value: 100 });
    t.at(120);
    child.on('send', out, { n: 310, value: 10 });
    t.at(125);
    main.on('receive', out, { n: 310, value: 10, flags: FLAG.summed });
    const flows = t.feed(new Model()).flows({ start: 0, end: 1e12 }, 10);
    assert.deepEqual(
      flows.map((flow) => [flow.bytes, Math.round((flow.receiveTime - flow.sendTime) / 1e6)]),
      [[10, 10]],
    );
    assert.equal(only(t).depth, 0);
  });
  it('know nothing of depth and time where somebody else writes into the same pipe', () => {
    const { t, main, child, out } = scene();
    child.on('send', out, { n: 10, value: 10 });
    main.on('receive', out, { n: 30, value: 30 });
    const shared = only(t);
    assert.deepEqual([shared.sent, shared.received, shared.bytes, shared.depth], [30, 30, 30, null]);
    const grandchild = child.start('grandchild', { pid: 12, api: 'spawn', spawnKey: 'k2' });
    grandchild.openRole(out, 'write').on('send', out, { n: 20, value: 20 });
    const both = only(t);
    assert.deepEqual([both.from, both.sent, both.depth, both.exact], [['11', '12'], 30, 0, true]);
  });
  it('say no more than what is in the pipe of a stream that lost records', () => {
    const { t, child, out } = scene();
    child.on('send', out, { n: 100, value: 10 });
    const { exact, depth, latencyNs } = only(t);
    assert.deepEqual([exact, depth, latencyNs], [false, null, null]);
  });
  it('name an end that is not traced, by what its parent says', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    main.startOnly('', { pid: 12, api: 'spawn', spawnKey: 'c', argv: ['cat'] });
    const into = t.resource('stdio', 'stdin', { key: stdioKey('c', 0, 'down') });
    main.on('create', into, { value: ROLE.write }).on('send', into, { n: 2048, value: 2048 });
    const { from, to, sent, received, depth } = only(t);
    assert.deepEqual([from, to, sent, received, depth], [['10'], ['12'], 2048, 0, null]);
    const text = reportLines(makeReport(t.feed(new Model()))).join('\n');
    assert.match(text, /stdin of cat {2}main\.ts → cat {2}2\.0 KB sent +2\.0 KB/);
  });
  it('are not there where nobody made them: output that is inherited', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10, spawnKey: 'r' });
    const out = t.resource('stdio', 'stdout', { key: stdioKey('r', 1, 'up') });
    main.openRole(out, 'write').on('send', out, { n: 5, value: 5 });
    assert.deepEqual(channels(t), []);
  });
  it('are not there for the inherited output of a child that was killed, but where the making of a pipe may be lost', () => {
    const inherited = (lost: 'end of the child' | 'middle of the parent') => {
      const t = new TraceBuilder();
      const main = t.root({ pid: 10 });
      const child = main.start('child', { pid: 11, api: 'spawn', spawnKey: 'k' });
      const out = t.resource('stdio', 'stdout', { key: stdioKey('k', 1, 'up') });
      child.openRole(out, 'write').on('send', out, { n: 5, value: 5 });
      main.childExit(child, { signal: 15 });
      const stream = { time: t.tick(), count: 0, message: 'lost' };
      t.damage({ ...stream, kind: 'unended', stream: child.def, gap: false });
      if (lost === 'middle of the parent')
        t.damage({ ...stream, kind: 'lost', stream: main.def, count: 3, gap: true });
      return channels(t).length;
    };
    assert.equal(inherited('end of the child'), 0);
    assert.equal(inherited('middle of the parent'), 1);
  });
  it('say nothing of what goes on to another child, past this process', () => {
    const { t, main, child, out } = scene();
    main.on('close', out, { value: ROLE.read });
    child.on('send', out, { n: 100, value: 100 });
    const { sent, received, depth } = only(t);
    assert.deepEqual([sent, received, depth], [100, 0, null]);
  });
});
