import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Finding, Model } from '../../src/model/index.ts';
import { type Resource, type StreamBuilder, TraceBuilder } from './builder.ts';

function find(s: { t: TraceBuilder }, afterMs = 0): readonly Finding[] {
  const model = s.t.feed(new Model());
  return model.findings(model.lastTime + afterMs * 1e6).filter((finding) => finding.blocking);
}

describe('self-deadlock', () => {
  function self(kind: 'lock' | 'rlock' = 'lock'): { t: TraceBuilder; main: StreamBuilder; lock: Resource } {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const lock = t.resource(kind, 'L');
    main.create(lock);
    main.acquire(lock, 1, '/app/main.ts:4');
    return { t, main, lock };
  }
  it('is certain for a synchronous request', () => {
    const { t, main, lock } = self();
    main.wait('waitAcquire', lock, { sync: true, site: '/app/main.ts:5' });
    const [finding, ...rest] = find({ t });
    assert.equal(rest.length, 0);
    assert.equal(finding?.kind, 'self-deadlock');
    assert.equal(finding?.certainty, 'certain');
    assert.deepEqual(
      finding?.sites.map((s) => [s.role, s.line]),
      [
        ['waits', 5],
        ['acquired', 4],
      ],
    );
    assert.match(finding?.fix ?? '', /RLock/);
  });
  it('is certain for a quiescent thread', () => {
    const { t, main, lock } = self();
    main.wait('waitAcquire', lock);
    main.quiescent();
    assert.equal(find({ t })[0]?.kind, 'self-deadlock');
  });
  it('is certain for a task that holds it under its own token only when the thread rests: two branches of it may take turns', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const lock = t.lock('L');
    main.create(lock).acquire(lock, 1, undefined, { task: 3 });
    main.wait('waitAcquire', lock, { task: 3 });
    assert.deepEqual(find({ t }, 600_000), []);
    main.quiescent();
    const [finding] = find({ t });
    assert.equal(finding?.kind, 'self-deadlock');
  });
  it('is not even suspected for an asynchronous request: two tasks may take turns', () => {
    const { t, main, lock } = self();
    main.wait('waitAcquire', lock);
    assert.deepEqual(find({ t }, 600_000), []);
  });
  it('is not reported while a timer or another handle may wake the thread', () => {
    for (const [handles, timers] of [
      [1, 0],
      [0, 1],
    ] as const) {
      const { t, main, lock } = self();
      main.wait('waitAcquire', lock);
      main.quiescent(handles, timers);
      assert.deepEqual(find({ t }, 60_000), []);
    }
  });
  it('is not reported for another task that holds the lock', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const lock = t.lock('L');
    main.create(lock).acquire(lock, 1, undefined, { task: 1 });
    main.wait('waitAcquire', lock, { task: 2 });
    assert.deepEqual(find({ t }, 60_000), []);
  });
  it('is not reported with a timeout', () => {
    const { t, main, lock } = self();
    main.wait('waitAcquire', lock, { sync: true, timeout: 1000 });
    assert.deepEqual(find({ t }, 60_000), []);
  });
});
