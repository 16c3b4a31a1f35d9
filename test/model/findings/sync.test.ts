import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Resource, type StreamBuilder, TraceBuilder } from '../builder.ts';
import { find, LONG, none, only, SETTLED } from './ask.ts';

function scene(resource: (t: TraceBuilder) => Resource): {
  t: TraceBuilder;
  main: StreamBuilder;
  one: StreamBuilder;
  two: StreamBuilder;
  r: Resource;
} {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10 });
  const r = resource(t);
  main.create(r);
  const one = main.start('one', { pid: 11 }).open(r);
  const two = main.start('two', { pid: 12 }).open(r);
  return { t, main, one, two, r };
}

describe('missing-task-done', () => {
  const joinable = (t: TraceBuilder) => t.resource('joinableQueue', 'jobs');
  it('is certain when the consumers wait for more or are gone', () => {
    const { t, main, one, two, r } = scene(joinable);
    main.on('send', r, { n: 1 }).on('send', r, { n: 2 });
    one.on('receive', r, { n: 1 }).on('taskDone', r);
    one.on('receive', r, { n: 2 });
    one.wait('waitReceive', r, { sync: true });
    two.wait('waitReceive', r, { sync: true });
    main.wait('waitTaskDone', r, { sync: true, site: '/app/main.ts:9' });
    const finding = only(t, 'missing-task-done', 'certain');
    assert.match(finding.title, /2 puts, 1 done/);
  });
  it('is not reported while a consumer works on an item', () => {
    const { t, main, one, two, r } = scene(joinable);
    main.on('send', r, { n: 1 });
    one.on('receive', r, { n: 1 });
    two.wait('waitReceive', r, { sync: true });
    main.wait('waitTaskDone', r, { sync: true });
    none(t, LONG);
  });
  it('is not reported when all are done', () => {
    const { t, main, one, two, r } = scene(joinable);
    main.on('send', r, { n: 1 });
    one.on('receive', r, { n: 1 }).on('taskDone', r);
    one.wait('waitReceive', r, { sync: true });
    two.wait('waitReceive', r, { sync: true });
    main.wait('waitTaskDone', r, { sync: true });
    none(t, LONG);
  });
});

describe('lost-notify', () => {
  const condition = (t: TraceBuilder) => t.resource('condition', 'ready');
  it('is certain when the wait began after the last notify and nobody can notify again', () => {
    const { t, main, one, two, r } = scene(condition);
    main.on('notify', r);
    one.wait('waitCondition', r, { sync: true });
    two.exit(0);
    main.join(one, { sync: true });
    none(t);
    const finding = only(t, 'lost-notify', 'certain', SETTLED);
    assert.match(finding.explanation, /last notify/);
  });
  it('is not reported while somebody could notify, or when the notify came', () => {
    const a = scene(condition);
    a.one.wait('waitCondition', a.r, { sync: true });
    none(a.t, LONG);
    const b = scene(condition);
    b.one.wait('waitCondition', b.r, { sync: true });
    b.two.on('notify', b.r).exit(0);
    b.main.join(b.one, { sync: true });
    none(b.t);
  });
  it('is certain for an event that nobody is left to set', () => {
    const { t, main, one, two, r } = scene((tt) => tt.resource('event', 'go'));
    one.wait('waitEvent', r, { sync: true });
    two.wait('waitEvent', r, { sync: true });
    main.join(one, { sync: true });
    const finding = only(t, 'lost-notify', 'certain');
    assert.equal(finding.processes.length, 3);
  });
  it('a server that waits for an event which it may be sent by others is not reported', () => {
    const { t, one, r } = scene((tt) => tt.resource('event', 'stop'));
    one.wait('waitEvent', r);
    one.quiescent();
    none(t, LONG);
  });
});

describe('barrier-mismatch', () => {
  const barrier = (t: TraceBuilder) => t.resource('barrier', 'b', { capacity: 3 });
  it('is certain when too few are left to arrive', () => {
    const { t, main, one, two, r } = scene(barrier);
    one.wait('waitBarrier', r, { sync: true });
    two.wait('waitBarrier', r, { sync: true });
    main.join(one, { sync: true });
    const finding = only(t, 'barrier-mismatch', 'certain');
    assert.match(finding.title, /needs 3 parties, 2 wait/);
  });
  it('is not reported while the missing party computes', () => {
    const { t, main, one, two, r } = scene(barrier);
    one.wait('waitBarrier', r, { sync: true });
    two.wait('waitBarrier', r, { sync: true });
    none(t, LONG);
    main.record('resumed');
    none(t, LONG);
  });
  it('is only suspected while a live process could start others', () => {
    const { t, one, two, r } = scene((tt) => tt.resource('barrier', 'b', { capacity: 5 }));
    one.wait('waitBarrier', r, { sync: true });
    two.wait('waitBarrier', r, { sync: true });
    none(t);
    only(t, 'barrier-mismatch', 'suspected', LONG);
  });
  it('is not reported when all have arrived', () => {
    const { t, main, one, two, r } = scene(barrier);
    for (const who of [one, two, main]) who.wait('waitBarrier', r, { sync: true });
    none(t);
  });
});

describe('atomics-wait-no-notifier', () => {
  function shared(): { t: TraceBuilder; main: StreamBuilder; worker: StreamBuilder; r: Resource } {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const r = t.resource('atomics', 'buffer');
    const worker = main.thread('w');
    return { t, main, worker, r };
  }
  it('is certain when no other thread lives', () => {
    const { t, main, worker, r } = shared();
    main.wait('waitAtomics', r, { sync: true, site: '/app/main.ts:3' });
    none(t, LONG);
    worker.exit(0);
    only(t, 'atomics-wait-no-notifier', 'certain', SETTLED);
  });
  it('is certain when the others wait for this one', () => {
    const { t, main, worker, r } = shared();
    const s = t.resource('atomics', 'other');
    main.wait('waitAtomics', r, { sync: true });
    worker.wait('waitAtomics', s, { sync: true });
    only(t, 'atomics-wait-no-notifier', 'certain');
  });
  it('is not reported with a timeout', () => {
    const { t, main, worker, r } = shared();
    main.wait('waitAtomics', r, { sync: true, timeout: 10 });
    worker.exit(0);
    none(t, LONG);
  });
});

describe('owner-died', () => {
  const lock = (t: TraceBuilder) => t.lock('L');
  it('is certain when the holder exited normally without releasing and everybody else waits', () => {
    const { t, main, one, two, r } = scene(lock);
    one.acquire(r, 1, '/app/main.ts:8');
    one.exit(0);
    main.childExit(one);
    two.wait('waitAcquire', r, { sync: true, site: '/app/main.ts:9' });
    main.join(two, { sync: true });
    none(t);
    const finding = only(t, 'owner-died', 'certain', SETTLED);
    assert.deepEqual(finding.sites.map((s) => `${s.role} ${s.line}`).sort(), ['acquired 8', 'waits 9']);
    assert.ok(finding.processes.includes('11'));
  });
  it('is not reported while the runtime may still recover the lock of a killed owner', () => {
    const { t, main, one, two, r } = scene(lock);
    one.acquire(r, 1);
    main.childExit(one, { signal: 9 });
    two.wait('waitAcquire', r, { sync: true });
    main.join(two, { sync: true });
    none(t);
    only(t, 'owner-died', 'certain', LONG);
  });
  it('is told, as not blocking, when the lock was recovered', () => {
    const { t, main, one, two, r } = scene(lock);
    one.acquire(r, 1, '/app/main.ts:8');
    main.childExit(one, { signal: 9 });
    two.on('ownerDied', r, { n: 1, value: 11 }).acquire(r, 2).release(r, 2);
    assert.equal(only(t, 'owner-died', 'certain').blocking, false);
  });
  it('is not reported when nobody asks for the lock again', () => {
    const { t, one, r } = scene(lock);
    one.acquire(r, 1);
    one.exit(0);
    none(t, LONG);
  });
  it('is worker-died-holding-lock for a thread of a living process', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const r = t.lock('L');
    main.create(r);
    main.acquire(r, 1).release(r, 1);
    const worker = main.thread('w');
    worker.open(r).acquire(r, 2, '/app/w.ts:5');
    worker.exit(0);
    main.wait('waitAcquire', r, { sync: true });
    only(t, 'worker-died-holding-lock', 'certain', SETTLED);
  });
});

describe('sync-spawn-cycle', () => {
  it('is certain when the child waits for its parent', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const pipe = t.resource('pipe', 'rpc');
    main.create(pipe);
    const key = main.startOnly('', { api: 'spawnSync', argv: ['node', 'client.js'], site: '/app/main.ts:3' });
    main.join(key, { site: '/app/main.ts:3' }, 'waitSyncSpawn');
    const child = t.stream({
      pid: 11,
      ppid: 10,
      spawnKey: key,
      file: 'client.js',
      argv: ['node', 'client.js'],
    });
    child.openRole(pipe, 'read');
    none(t, LONG);
    child.wait('waitReceive', pipe, { sync: true, site: '/app/client.js:2' });
    const finding = only(t, 'sync-spawn-cycle', 'certain');
    assert.match(finding.title, /main\.ts waits synchronously for client\.js/);
  });
  it('is not reported for a child that just runs long', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const key = main.startOnly('', { api: 'spawnSync' });
    main.join(key, {}, 'waitSyncSpawn');
    t.stream({ pid: 11, ppid: 10, spawnKey: key });
    none(t, LONG);
    assert.equal(find(t).length, 0);
  });
});

describe('a lock that was taken before others were started', () => {
  it('is not held against its holder while one of them has only a handle, perhaps to give it back', () => {
    for (const begun of ['before', 'after'] as const) {
      const t = new TraceBuilder();
      const main = t.root({ pid: 10 });
      const gate = t.lock('gate');
      main.create(gate);
      if (begun === 'after') main.acquire(gate, 1);
      const visitor = main.start('visitor', { pid: 11 }).open(gate);
      main.start('opener', { pid: 12 }).open(gate);
      if (begun === 'before') main.acquire(gate, 1);
      visitor.wait('waitAcquire', gate);
      main.join(visitor);
      visitor.rest();
      main.rest();
      if (begun === 'after') none(t, LONG);
      else only(t, 'lock-cycle', 'suspected', LONG);
    }
  });
});
