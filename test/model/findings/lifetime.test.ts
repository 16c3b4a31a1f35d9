import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Resource, type RestSource, type StreamBuilder, TraceBuilder } from '../builder.ts';
import { find, LONG, none, only, places, SETTLED } from './ask.ts';

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

describe('request-unanswered', () => {
  it('is not told while the last word of the dead is on its way', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const child = main.start('child', { pid: 11, api: 'fork', site: '/app/main.ts:3' });
    const up = t.resource('ipc', 'up');
    main.openRole(up, 'read');
    child.openRole(up, 'write').on('send', up, { n: 1 });
    const answers: RestSource = { kind: 'ipc', resource: up, child, listens: true, events: ['message'] };
    main.childExit(child, { code: 1 }).rest(answers);
    assert.deepEqual(
      find(t, LONG).filter(({ kind }) => kind === 'request-unanswered'),
      [],
    );
    main.on('receive', up, { n: 1 }).rest(answers);
    only(t, 'request-unanswered', 'certain', LONG);
  });

  /** A parent that has sent a job to each of two children, of which the first has died of its own, and listens for their ends. */
  function twoJobs() {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const jobs = ['one', 'two'].map((name, i) => {
      const child = main.start(name, { pid: 11 + i, api: 'fork', site: `/app/main.ts:${i + 3}` });
      const down = t.resource('ipc', `down${i}`);
      main.openRole(down, 'write').on('send', down, { n: 1, site: '/app/main.ts:7' });
      child.openRole(down, 'read').on('receive', down, { n: 1 });
      const end: RestSource = { kind: 'child', child, listens: true, events: ['exit'] };
      return { child, down, end };
    });
    const [one, two] = jobs;
    assert.ok(one && two);
    main.on('disconnect', one.down).childExit(one.child, { code: 1 });
    return { t, main, two };
  }
  it('is suspected when nobody is left who works', () => {
    const { t, main, two } = twoJobs();
    two.child.rest({ kind: 'ipc', resource: two.down, listens: true, events: ['message'] });
    main.rest(two.end, { kind: 'timer', due: 1e12, every: 1000 });
    only(t, 'request-unanswered', 'suspected', LONG);
  });
  it('is told in a proof of who ended well, was asked, and had never sent anything', () => {
    for (const answered of [false, true]) {
      const t = new TraceBuilder();
      const main = t.root({ pid: 10 });
      const [one, two] = [main.thread('one'), main.thread('two')];
      const [down, up] = [t.resource('port', 'down', { peerKey: 'port:up' }), t.resource('port', 'up')];
      main.openRole(down, 'write').openRole(up, 'read').on('send', down, { n: 1, site: '/app/main.ts:7' });
      one.openRole(down, 'read').openRole(up, 'write').on('receive', down, { n: 1 });
      if (answered) {
        one.on('send', up, { n: 1 });
        main.on('receive', up, { n: 1 }).on('send', down, { n: 2, site: '/app/main.ts:8' });
      }
      main.childExit(one, { code: 0 });
      two.rest({ kind: 'parent', listens: true });
      main.rest({ kind: 'worker', child: two, listens: true, events: ['message'] });
      const finding = only(t, answered ? 'port-keeps-alive' : 'request-unanswered', 'certain', LONG);
      if (!answered) assert.ok(places(finding).includes('sent 7'));
    }
  });
  it('is not told of a worker thread that the program has ended itself', () => {
    for (const ended of [true, false]) {
      const t = new TraceBuilder();
      const main = t.root({ pid: 10 });
      const [one, two] = [main.thread('one'), main.thread('two')];
      const down = t.resource('port', 'down');
      main.openRole(down, 'write').on('send', down, { n: 1, site: '/app/main.ts:7' });
      one.openRole(down, 'read').on('receive', down, { n: 1 });
      if (ended)
        main.define({ type: 'incident', what: 'terminateCalled', time: t.tick(), message: '', child: 1 });
      main.childExit(one, { code: 1 });
      two.rest({ kind: 'parent', listens: true });
      main.rest({ kind: 'worker', child: two, listens: true, events: ['message'] });
      const [finding] = find(t, LONG);
      assert.equal(finding?.kind, ended ? 'port-keeps-alive' : 'request-unanswered');
    }
  });
  it('is not reported while another child works, waits for a timer, or is a program that is not traced', () => {
    for (const of of ['work', 'timer', 'program'] as const) {
      const { t, main, two } = twoJobs();
      if (of === 'timer') two.child.rest({ kind: 'timer', due: 1e12 });
      if (of === 'program') {
        two.child.rest({ kind: 'ipc', resource: two.down, listens: true, events: ['message'] });
        const program = main.startOnly('make', { pid: 13, api: 'spawn', site: '/app/main.ts:9' });
        main.rest(two.end, { kind: 'child', child: program, listens: true, events: ['exit'] });
      } else {
        main.rest(two.end);
      }
      none(t, LONG);
    }
  });
});
