import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ROLE } from '../../../src/trace/format/records.ts';
import { stdioKey } from '../../../src/trace/format/stdio-key.ts';
import { type RestSource, TraceBuilder } from '../builder.ts';
import { LONG, none, only } from './ask.ts';

describe('grandchild-holds-pipe', () => {
  it('is suspected when the child exited, its close is awaited, and an orphan lives', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const child = main.start('build', { pid: 11, api: 'spawn', site: '/app/main.ts:4' });
    main.join(child, {}, 'waitChild');
    t.observe({ type: 'osProcess', time: t.tick(), pid: 12, ppid: 11, name: 'sleep', command: 'sleep 1000' });
    none(t, LONG);
    child.exit(0);
    none(t);
    const finding = only(t, 'grandchild-holds-pipe', 'suspected', LONG);
    assert.match(finding.title, /sleep \(12\)/);
  });
  /** Its parent listens for the `close` of a child that has exited, and has another one below it, which has its output. */
  function background() {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const child = main.start('build', { pid: 11, api: 'spawn', site: '/app/main.ts:4', spawnKey: 'b' });
    const below = child.start('minify', { pid: 12, api: 'spawn' });
    const out = t.resource('stdio', 'stdout', { key: stdioKey('b', 1, 'up') });
    main.openRole(out, 'read').childExit(child);
    child.exit(0);
    const closes: RestSource = { kind: 'child', child, state: 'exited', events: ['close'] };
    return { t, main, below, out, closes };
  }
  it('is suspected from the last output on', () => {
    const { t, main, below, out, closes } = background();
    below.rest({ kind: 'server', local: '127.0.0.1:80' });
    main.rest(closes);
    t.at(20_000);
    main.on('receive', out, { n: 1, value: 9 }).rest(closes);
    none(t, 4000);
    only(t, 'grandchild-holds-pipe', 'suspected', 6000);
  });
  it('is not reported while the orphan computes', () => {
    const { t, main, below, closes } = background();
    main.rest(closes);
    none(t, LONG);
    below.rest({ kind: 'server', local: '127.0.0.1:80' });
    only(t, 'grandchild-holds-pipe', 'suspected', LONG);
  });
  it('is not reported while a debugger that does not tell may hold the orphan', () => {
    const { t, main, below, closes } = background();
    main.rest(closes);
    below.rest({ kind: 'timer' }, { kind: 'debugger', ref: false });
    const look = (doing: 'futex' | 'loop') => {
      const threads = [{ id: 12, used: 1e6, doing }];
      t.observe({ type: 'sample', time: t.tick(), pid: 12, cpu: 0, memory: 1, threads });
    };
    none(t, LONG);
    look('futex');
    none(t, LONG);
    look('loop');
    only(t, 'grandchild-holds-pipe', 'suspected', LONG);
  });
  it('is not reported when the orphan is gone too', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const child = main.start('build', { pid: 11, api: 'spawn' });
    main.join(child, {}, 'waitChild');
    t.observe({ type: 'osProcess', time: t.tick(), pid: 12, ppid: 11, name: 'sleep', command: 'sleep 1' });
    child.exit(0);
    t.observe({ type: 'osGone', time: t.tick(), pid: 12 });
    none(t, LONG);
  });
});

describe('cluster-never-disconnects', () => {
  const near = { local: '127.0.0.1:80', remote: '127.0.0.1:5000' };
  const accepted: RestSource = { kind: 'socket', ...near, listens: true };

  /** A worker was told to disconnect; `client` has a connection to it. */
  function told() {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const worker = main.start('worker', { pid: 11, api: 'cluster', site: '/app/main.ts:3' });
    const client = main.start('client', { pid: 12, api: 'spawn', site: '/app/main.ts:4' });
    worker.define({ type: 'incident', what: 'listening', time: t.now, message: near.local });
    worker.define({ type: 'incident', what: 'disconnectCalled', time: t.tick(), message: 'cluster' });
    const ends: RestSource = { kind: 'child', child: worker, listens: true, events: ['exit'] };
    const connected: RestSource = { kind: 'socket', local: near.remote, remote: near.local, listens: true };
    return { t, main, worker, client, ends, connected };
  }
  it('is suspected where the client rests with nothing else', () => {
    const { t, main, worker, client, ends, connected } = told();
    worker.rest(accepted);
    client.rest(connected);
    main.rest(ends);
    none(t, 4000);
    only(t, 'cluster-never-disconnects', 'suspected', LONG);
  });
  it('is not reported while the worker or the client does something', () => {
    const timer: RestSource = { kind: 'timer', due: 1e12 };
    for (const of of ['worker', 'client', 'computing client', 'asks outside'] as const) {
      const { t, main, worker, client, ends, connected } = told();
      const asks: RestSource = {
        kind: 'socket',
        local: '127.0.0.1:5001',
        remote: '10.0.0.1:80',
        listens: true,
      };
      worker.rest(accepted, ...(of === 'worker' ? [timer] : of === 'asks outside' ? [asks] : []));
      client.rest(connected, ...(of === 'client' ? [timer] : []));
      if (of === 'computing client') client.record('resumed');
      main.rest(ends);
      none(t, LONG);
    }
  });
  it('is suspected later of a client that is not traced', () => {
    const { t, main, worker, ends } = told();
    worker.rest(accepted);
    main.rest(ends);
    none(t, 10_000);
    only(t, 'cluster-never-disconnects', 'suspected', 16_000);
  });
});

describe('what stood when Ctrl-C came', () => {
  it('is kept where a child hears of it first, and ends waits before the launcher tells', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const [a, b] = [t.lock('A'), t.lock('B')];
    main.create(a, b);
    const one = main.start('one', { pid: 11 }).open(a, b);
    const two = main.start('two', { pid: 12 }).open(a, b);
    const wait = one.acquire(a, 1).wait('waitAcquire', b);
    two.acquire(b, 1).wait('waitAcquire', a);
    main.join(one);
    one.rest();
    two.rest();
    t.at(10_000);
    one.record('resumed').record('signal', { value: 2 }).endWait(wait, 'error').release(a, 1);
    t.observe({ type: 'interrupted', time: t.tick(), signal: 'SIGINT' });
    for (const process of [one, two, main]) process.exit(1);
    t.observe({ type: 'end', time: t.tick() });
    assert.equal(only(t, 'lock-cycle', 'certain').blocking, true);
  });

  it('is not told as another story when a member ends before the rest', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const [top, bottom] = [main.thread('top'), main.thread('bottom')];
    const cells = t.resource('atomics', '1:0');
    main.define({ type: 'incident', what: 'workerError', time: t.tick(), message: 'Error: no', child: 1 });
    main.childExit(top, { code: 1 });
    bottom.openRole(cells, 'read').wait('waitAtomics', cells, { sync: true });
    main.rest({ kind: 'worker', child: bottom, listens: true, events: ['exit'] });
    only(t, 'atomics-wait-no-notifier', 'certain', 8000);
    t.at(10_000).observe({ type: 'interrupted', time: t.tick(), signal: 'SIGINT' });
    bottom.exit(1);
    only(t, 'atomics-wait-no-notifier', 'certain', 100);
  });
});

describe('stdin-not-ended', () => {
  /** Main hears messages of a child, which has started `cat` with its own stdin. */
  function inherited(how: 'stands' | 'timed' | 'runs', more: readonly RestSource[] = []) {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const child = main.start('build', { pid: 11, api: 'fork', spawnKey: 'b', site: '/app/main.ts:4' });
    const up = t.resource('ipc', 'up', { key: 'ipc:b:up', peerKey: 'ipc:b:down' });
    const stdin = t.resource('stdio', 'stdin', { key: stdioKey('b', 0, 'down') });
    main.on('create', stdin, { value: ROLE.write }).openRole(up, 'read');
    child.openRole(up, 'write');
    const cat = child.startOnly('cat', { pid: 12, api: 'execFileSync', site: '/app/b.ts:7' });
    if (how !== 'runs')
      child.join(cat, { site: '/app/b.ts:7', ...(how === 'timed' && { timeout: 60_000 }) }, 'waitSyncSpawn');
    t.observe({ type: 'osProcess', time: t.tick(), pid: 12, ppid: 11, name: 'cat', command: 'cat' });
    t.observe({ type: 'sample', time: t.tick(), pid: 12, cpu: 0, memory: 1, reads: 0 });
    main.rest(
      { kind: 'child', child, listens: false, events: [] },
      { kind: 'ipc', child, resource: up, listens: true, events: ['message'] },
      ...more,
    );
    return t;
  }
  it('is suspected where main hears of nobody but a child that stands in a synchronous spawn', () => {
    const t = inherited('stands');
    none(t, 4000);
    const finding = only(t, 'stdin-not-ended', 'suspected', LONG);
    assert.match(finding.explanation, /build, whose stdin it is, stands still in a synchronous spawn/);
  });
  it('is not where that child runs, its spawn ends by itself, or main has something else', () => {
    none(inherited('runs'), LONG);
    none(inherited('timed'), LONG);
    for (const more of [
      { kind: 'timer', due: 1e12 },
      { kind: 'server', local: '127.0.0.1:80' },
      { kind: 'worker', listens: true },
    ] satisfies RestSource[])
      none(inherited('stands', [more]), LONG);
  });
});
