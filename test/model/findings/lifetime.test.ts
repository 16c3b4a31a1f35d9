import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Resource, type StreamBuilder, TraceBuilder } from '../builder.ts';
import { LONG, none, only } from './ask.ts';

function pool(workers: number): {
  t: TraceBuilder;
  main: StreamBuilder;
  pool: Resource;
  workers: StreamBuilder[];
} {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10 });
  const resource = t.resource('pool', 'P', { capacity: workers });
  main.create(resource);
  const started = Array.from({ length: workers }, (_, i) => {
    const worker = main.start(`worker-${i}`, { pid: 20 + i }).open(resource);
    main.on('poolWorker', resource, { n: worker.pid });
    return worker;
  });
  return { t, main, pool: resource, workers: started };
}

describe('pools', () => {
  it('pool-starvation: every worker waits for a task queued behind it', () => {
    const { t, main, pool: p, workers } = pool(2);
    workers.forEach((worker, i) => {
      const n = i + 1;
      main.on('submit', p, { n });
      worker.on('taskStart', p, { n });
      worker.on('submit', p, { n: n + 10 });
      worker.wait('waitResult', p, { subject: n + 10, sync: true });
    });
    main.wait('waitResult', p, { subject: 1, sync: true });
    only(t, 'pool-starvation', 'certain');
  });
  it('pool-starvation is not reported while one worker is free', () => {
    const { t, main, pool: p, workers } = pool(2);
    const [one] = workers;
    assert.ok(one);
    main.on('submit', p, { n: 1 });
    one.on('taskStart', p, { n: 1 }).on('submit', p, { n: 2 });
    one.wait('waitResult', p, { subject: 2, sync: true });
    none(t, LONG);
  });
  it('pool-worker-killed: blocking while the result is awaited, told once it was rejected', () => {
    const { t, main, pool: p, workers } = pool(1);
    const [one] = workers;
    assert.ok(one);
    main.on('submit', p, { n: 1, site: '/app/main.ts:5' });
    one.on('taskStart', p, { n: 1 });
    const wait = main.wait('waitResult', p, { subject: 1, site: '/app/main.ts:6' });
    main.childExit(one, { signal: 9 });
    // The runtime rejects the result within moments.
    assert.equal(only(t, 'pool-worker-killed', 'certain', LONG).blocking, false);
    main.quiescent();
    assert.equal(only(t, 'pool-worker-killed', 'certain').blocking, false);
    const finding = only(t, 'pool-worker-killed', 'certain', LONG);
    assert.equal(finding.blocking, true);
    assert.deepEqual(
      finding.proof?.members.map(({ thread }) => thread),
      ['10.0'],
    );
    assert.deepEqual(finding.sites.map((s) => `${s.role} ${s.line}`).sort(), ['sent 5', 'waits 6']);
    main.endWait(wait, 'error');
    assert.equal(only(t, 'pool-worker-killed', 'certain').blocking, false);
  });
  it('pool-worker-killed is not reported for idle workers or for a terminated pool', () => {
    const { t, main, pool: p, workers } = pool(2);
    const [one, two] = workers;
    assert.ok(one && two);
    main.childExit(one, { signal: 15 });
    none(t, LONG);
    main.on('submit', p, { n: 1 });
    two.on('taskStart', p, { n: 1 });
    main.on('poolTerminate', p).childExit(two, { signal: 15 });
    none(t, LONG);
  });
  it('pool-worker-not-replaced: tasks are queued and no worker lives', () => {
    const { t, main, pool: p, workers } = pool(1);
    const [one] = workers;
    assert.ok(one);
    one.exit(1);
    main.childExit(one, { code: 1 });
    main.on('submit', p, { n: 1 });
    main.wait('waitResult', p, { subject: 1 });
    none(t);
    only(t, 'pool-worker-not-replaced', 'suspected', LONG);
  });
  it('pool-worker-not-replaced is not reported when a new worker came', () => {
    const { t, main, pool: p, workers } = pool(1);
    const [one] = workers;
    assert.ok(one);
    one.exit(1);
    main.childExit(one, { code: 1 });
    main.on('submit', p, { n: 1 });
    main.wait('waitResult', p, { subject: 1 });
    const next = main.start('worker-1', { pid: 40 });
    main.on('poolWorker', p, { n: next.pid });
    none(t, LONG);
  });
  it('pool-never-closed: the owner exits with live workers', () => {
    const { t, main, workers } = pool(2);
    none(t, LONG);
    main.record('exiting').quiescent();
    none(t);
    const finding = only(t, 'pool-never-closed', 'suspected', LONG);
    assert.equal(finding.processes.length, 1 + workers.length);
    const tasks = t.queue('tasks');
    main.create(tasks);
    for (const worker of workers) {
      worker.openRole(tasks, 'read').wait('waitReceive', tasks, { sync: true });
      main.join(worker);
    }
    main.quiescent();
    only(t, 'pool-never-closed', 'certain', LONG);
  });
  it('pool-never-closed is not reported for an idle pool between tasks or a closed one', () => {
    const { t, main, pool: p } = pool(2);
    main.quiescent(2, 0);
    none(t, LONG);
    main.on('poolClose', p).record('exiting').quiescent();
    none(t, LONG);
  });
});

describe('ipc-keeps-alive', () => {
  function fork(): { t: TraceBuilder; main: StreamBuilder; child: StreamBuilder; ipc: Resource } {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const ipc = t.resource('ipc', 'down');
    const child = main.start('child', { pid: 11, api: 'fork', site: '/app/main.ts:3' });
    main.on('send', ipc, { n: 1 });
    child.openRole(ipc, 'read').on('receive', ipc, { n: 1 });
    return { t, main, child, ipc };
  }
  it('is suspected when the child has nothing but IPC and the parent only waits for its end', () => {
    const { t, main, child } = fork();
    main.join(child, {}, 'waitChild');
    main.quiescent();
    child.quiescent(1, 0);
    none(t);
    const finding = only(t, 'ipc-keeps-alive', 'suspected', LONG);
    assert.match(finding.fix, /disconnect/);
  });
  it('is not reported for a child with other work, a parent with other work, or after disconnect', () => {
    for (const [parent, handles] of [
      [true, 2],
      [false, 1],
    ] as const) {
      const { t, main, child } = fork();
      main.join(child, {}, 'waitChild');
      if (parent) main.quiescent();
      child.quiescent(handles, 0);
      none(t, LONG);
    }
    const { t, main, child, ipc } = fork();
    main.join(child, {}, 'waitChild');
    main.quiescent();
    child.on('disconnect', ipc).quiescent(1, 0);
    none(t, LONG);
  });
});

describe('port-keeps-alive', () => {
  it('is suspected when only ports and idle workers are left', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const port = t.resource('port', 'p');
    main.create(port);
    main.thread('w').quiescent(1, 0);
    main.quiescent(2, 0);
    none(t);
    const finding = only(t, 'port-keeps-alive', 'suspected', LONG);
    assert.match(finding.title, /1 idle worker thread and 1 open message port/);
  });
  it('is not reported for a server, a timer, or a worker that works', () => {
    for (const [handles, timers, busy] of [
      [3, 0, false],
      [1, 1, false],
      [2, 0, true],
    ] as const) {
      const t = new TraceBuilder();
      const main = t.root({ pid: 10 });
      main.create(t.resource('port', 'p'));
      const worker = main.thread('w');
      if (!busy) worker.quiescent(1, 0);
      main.quiescent(handles, timers);
      none(t, LONG);
    }
  });
});

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
