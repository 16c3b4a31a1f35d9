import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Finding, Model } from '../../src/model/index.ts';
import { type StreamBuilder, TraceBuilder } from './builder.ts';

/** Two processes at rest, each waiting asynchronously for the lock that the other holds. */
function deadlock(): { t: TraceBuilder; one: StreamBuilder; two: StreamBuilder; wait: number } {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10 });
  const a = t.lock('A');
  const b = t.lock('B');
  main.create(a, b);
  const one = main.start('one', { pid: 11 }).open(a, b).acquire(a, 1);
  const two = main.start('two', { pid: 12 }).open(a, b).acquire(b, 1);
  main.join(one);
  main.join(two);
  const wait = one.wait('waitAcquire', b);
  two.wait('waitAcquire', a);
  for (const stream of [main, one, two]) stream.quiescent();
  return { t, one, two, wait };
}
function cycle(t: TraceBuilder): Finding | undefined {
  return t
    .feed(new Model())
    .findings()
    .find(({ kind }) => kind === 'lock-cycle');
}

describe('a deadlock whose root is killed', () => {
  it('stays certain when its orphans see that and end before the launcher does', () => {
    const { t, one, two } = deadlock();
    assert.equal(cycle(t)?.certainty, 'certain');
    one.record('resumed').exit(1);
    two.record('resumed').exit(1);
    t.observe({ type: 'rootExit', time: t.tick(), pid: 10, exitCode: null, signal: 'SIGINT' });
    t.observe({ type: 'end', time: t.tick() });
    assert.equal(cycle(t)?.certainty, 'certain');
  });

  it('is told with how the root ended, where the system was seen without it before the launcher heard of that', () => {
    const { t } = deadlock();
    t.observe({ type: 'osGone', time: t.tick(), pid: 10 });
    t.observe({ type: 'rootExit', time: t.tick(), pid: 10, exitCode: null, signal: 'SIGINT' });
    t.observe({ type: 'end', time: t.tick() });
    const model = t.feed(new Model());
    assert.equal(model.processes()[0]?.signal, 'SIGINT');
    assert.equal(model.findings().find(({ kind }) => kind === 'lock-cycle')?.blocking, true);
  });

  it('stays certain when they have just woken as the launcher sees it', () => {
    const { t, one, two } = deadlock();
    one.record('resumed');
    two.record('resumed');
    t.observe({ type: 'rootExit', time: t.tick(), pid: 10, exitCode: null, signal: 'SIGINT' });
    t.observe({ type: 'end', time: t.tick() });
    assert.equal(cycle(t)?.certainty, 'certain');
  });

  it('was none when somebody had gone on meanwhile', () => {
    const { t, one, wait } = deadlock();
    one.record('resumed').endWait(wait).exit(1);
    t.observe({ type: 'rootExit', time: t.tick(), pid: 10, exitCode: null, signal: 'SIGINT' });
    assert.equal(cycle(t), undefined);
  });
});
