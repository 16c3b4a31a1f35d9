import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Resource, type RestSource, type StreamBuilder, TraceBuilder } from '../builder.ts';
import { LONG, none, only, places, SETTLED } from './ask.ts';

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
  /** A child that has answered what it was sent, and a parent that listens for its end. */
  function fork() {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const child = main.start('child', { pid: 11, api: 'fork', site: '/app/main.ts:3' });
    const [down, up] = [t.resource('ipc', 'down'), t.resource('ipc', 'up')];
    main.openRole(down, 'write').openRole(up, 'read');
    child.openRole(down, 'read').openRole(up, 'write');
    const channel: RestSource = { kind: 'ipc', resource: down, listens: true, events: ['message'] };
    const end: RestSource = { kind: 'child', child, listens: true, events: ['exit'] };
    const answers: RestSource = { kind: 'ipc', resource: up, child, listens: true, events: ['message'] };
    return { t, main, child, channel, end, answers, down };
  }
  it('is certain when the child has nothing but IPC and the parent only waits for its end', () => {
    const { t, main, child, channel, end, answers } = fork();
    child.rest(channel);
    none(t, LONG);
    main.rest(end, answers);
    const finding = only(t, 'ipc-keeps-alive', 'certain');
    assert.match(finding.fix, /disconnect/);
    const members = finding.proof?.members.map(({ thread }) => thread);
    assert.deepEqual(members?.sort(), ['10.0', '11.0']);
  });
  it('is not reported for a child with other work, a parent with other work, or after disconnect', () => {
    const timer: RestSource = { kind: 'timer', due: 1e12 };
    const server: RestSource = { kind: 'server', local: '127.0.0.1:80' };
    for (const [ofChild, ofMain] of [
      [[timer], []],
      [[server], []],
      [[], [server]],
      [[], [timer]],
    ]) {
      const { t, main, child, channel, end, answers } = fork();
      child.rest(channel, ...(ofChild ?? []));
      main.rest(end, answers, ...(ofMain ?? []));
      none(t, LONG);
    }
    const { t, main, child, channel, end, answers, down } = fork();
    child.rest(channel);
    main.on('disconnect', down).rest(end, answers);
    none(t, LONG);
  });
  it('gives way to the death of another child that still had work', () => {
    const { t, main, child, channel, end, answers } = fork();
    const other = main.start('other', { pid: 12, api: 'fork', site: '/app/main.ts:4' });
    main.childExit(other, { code: 1 });
    child.rest(channel);
    main.rest(end, answers);
    const finding = only(t, 'request-unanswered', 'certain', SETTLED);
    assert.match(finding.title, /^other ended with exit code 1/);
  });
});

describe('port-keeps-alive', () => {
  function worker() {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const thread = main.thread('w');
    const [down, up] = [t.resource('port', 'down'), t.resource('port', 'up')];
    main.openRole(down, 'write').openRole(up, 'read');
    thread.openRole(down, 'read').openRole(up, 'write');
    const parent: RestSource = { kind: 'parent', resource: down, listens: true };
    const messages: RestSource = { kind: 'port', resource: up, listens: true };
    return { t, main, thread, parent, messages, down, up };
  }
  it('is certain when only ports and idle workers are left', () => {
    const { t, main, thread, parent, messages } = worker();
    thread.rest(parent);
    none(t, LONG);
    main.rest(messages);
    const finding = only(t, 'port-keeps-alive', 'certain');
    assert.match(finding.title, /does not exit: its message port/);
  });
  it('is not reported for a server, a timer, or a worker that works', () => {
    const { t, main, messages } = worker();
    main.rest(messages);
    none(t, LONG);
    for (const more of [
      { kind: 'timer', due: 1e12 },
      { kind: 'server', local: '127.0.0.1:80' },
      { kind: 'socket', remote: '10.0.0.1:80', local: '10.0.0.2:5000' },
    ] satisfies RestSource[]) {
      const scene = worker();
      scene.thread.rest(scene.parent);
      scene.main.rest(scene.messages, more);
      none(scene.t, LONG);
    }
  });
  it('is not reported when the other end was just closed', () => {
    const { t, main, thread, parent, messages, down, up } = worker();
    thread.rest(parent);
    main.closeRole(down, 'write').closeRole(up, 'read').rest(messages);
    none(t, LONG);
  });
  it('gives way to crossed-acks when a message was sent and not answered', () => {
    const { t, main, thread, parent, messages, down } = worker();
    main.on('send', down, { n: 1, site: '/app/main.ts:7' });
    thread.on('receive', down, { n: 1 }).rest(parent);
    main.rest(messages);
    const finding = only(t, 'crossed-acks', 'certain');
    assert.ok(places(finding).includes('sent 7'));
  });
  it('gives way to message-not-heard when nobody listens for it', () => {
    const { t, main, thread, messages, down } = worker();
    main.on('send', down, { n: 1, site: '/app/main.ts:7' });
    thread.rest({ kind: 'server', local: '127.0.0.1:80' });
    main.rest(messages);
    none(t);
    only(t, 'message-not-heard', 'suspected', LONG);
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
