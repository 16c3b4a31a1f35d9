import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Resource, type RestSource, type StreamBuilder, TraceBuilder } from '../builder.ts';
import { find, LONG, none, only, SETTLED } from './ask.ts';

interface Scene {
  readonly t: TraceBuilder;
  readonly main: StreamBuilder;
  readonly one: StreamBuilder;
  readonly two: StreamBuilder;
}

/** Two processes that wait for each other's locks asynchronously, and their parent, which waits for their ends. */
function crossed(): Scene {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10 });
  const [a, b] = [t.lock('A'), t.lock('B')];
  main.create(a, b);
  const one = main.start('one', { pid: 11 }).open(a, b);
  const two = main.start('two', { pid: 12 }).open(a, b);
  one.acquire(a, 1).wait('waitAcquire', b);
  two.acquire(b, 1).wait('waitAcquire', a);
  main.join(one);
  main.join(two);
  return { t, main, one, two };
}

/** The certain findings now; later ones may be suspected. */
function certain(t: TraceBuilder, afterMs = SETTLED): string[] {
  return find(t, afterMs).flatMap(({ kind, certainty }) => (certainty === 'certain' ? [kind] : []));
}

describe('what a thread that rests waits for', () => {
  it('is nothing but its waits where no source is told', () => {
    const { t, one, two } = crossed();
    one.rest();
    two.rest();
    const finding = only(t, 'lock-cycle', 'certain');
    assert.deepEqual(
      finding.proof?.members.map(({ thread, stands, needs }) => [
        thread,
        stands,
        needs.map(({ kind }) => kind),
      ]),
      [
        ['11.0', 'rest', ['waitAcquire']],
        ['12.0', 'rest', ['waitAcquire']],
      ],
    );
    assert.deepEqual(finding.proof?.members[0]?.needs[0]?.feeders, [
      { process: '12', thread: '12.0', why: 'stuck' },
    ]);
  });

  const open: Record<string, RestSource> = {
    'a timer': { kind: 'timer', due: 9e9 },
    'a timer that keeps nothing alive': { kind: 'timer', ref: false, due: 9e9 },
    'a signal': { kind: 'signal', ref: false, listens: true, detail: 'SIGUSR2' },
    'a server': { kind: 'server', ref: false, local: '127.0.0.1:80' },
    'a connection to somebody': { kind: 'socket', local: '127.0.0.1:5000', remote: '127.0.0.1:80' },
    'a terminal': { kind: 'terminal' },
    'a file watcher': { kind: 'watcher', ref: false, detail: '/etc/app.json' },
    'an operation of the system': { kind: 'request', detail: 'file operation' },
    'a debugger': { kind: 'debugger', ref: false },
    'a handle that nobody knows': { kind: 'native', detail: 'Mystery' },
    'a child that is not known': { kind: 'child' },
    'a pipe from somebody': { kind: 'pipe' },
    'input of somebody': { kind: 'stdio' },
    'a port of somebody': { kind: 'port', listens: true },
  };
  for (const [name, source] of Object.entries(open)) {
    it(`may be ${name}, which nobody can rule out`, () => {
      const { t, one, two } = crossed();
      one.rest(source);
      two.rest();
      assert.deepEqual(certain(t), []);
      only(t, 'lock-cycle', 'suspected', LONG);
      one.record('resumed').rest();
      assert.deepEqual(certain(t), ['lock-cycle'], 'it has fired, and did not help');
    });
  }

  it('is not what nobody listens for and what keeps nothing alive', () => {
    const { t, one, two } = crossed();
    one.rest({ kind: 'port', ref: false, listens: false });
    two.rest();
    assert.deepEqual(certain(t), ['lock-cycle']);
  });

  it('is not all told where the list was cut', () => {
    const { t, one, two } = crossed();
    one.define({ type: 'sources', id: 99, time: t.now, complete: false, list: [] });
    one.record('quiescent', { resource: 99 });
    two.rest();
    assert.deepEqual(certain(t), []);
  });
});

/** A parent that asks a child by IPC and holds a lock that a third process, for which the child waits, asks for. */
function ipc(t: TraceBuilder, parent: StreamBuilder, child: StreamBuilder, key: string) {
  const down = t.resource('ipc', `${key} down`);
  const up = t.resource('ipc', `${key} up`);
  parent.openRole(down, 'write').openRole(up, 'read');
  child.openRole(down, 'read').openRole(up, 'write');
  return { down, up };
}

describe('a worker thread that its parent waits for', () => {
  function scene(state?: 'ending'): TraceBuilder {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const worker = main.thread('w');
    worker.rest({ kind: 'broadcast', listens: true });
    main.rest({ kind: 'worker', child: worker, listens: true, ...(state && { state }) });
    return t;
  }

  it('is held against both when both rest', () => {
    assert.deepEqual(certain(scene()), ['port-keeps-alive']);
  });
  it('is about to end once it was told to, however long that takes', () => {
    assert.deepEqual(find(scene('ending'), LONG), []);
  });
});

describe('a channel of a thread that rests', () => {
  function scene(): Scene & { down: Resource; up: Resource } {
    const s = crossed();
    return { ...s, ...ipc(s.t, s.main, s.one, 'c') };
  }

  it('is held against it when the other end is stuck too', () => {
    const { t, main, one, two, down, up } = scene();
    one.rest({ kind: 'ipc', resource: down, listens: true });
    two.rest();
    assert.deepEqual(certain(t), [], 'the parent runs');
    main.rest({ kind: 'ipc', resource: up, child: one, listens: true });
    const finding = only(t, 'lock-cycle', 'certain');
    assert.deepEqual(
      finding.proof?.members.map(({ thread }) => thread),
      ['11.0', '12.0', '10.0'],
    );
  });
  it('is open while the other end has a timer', () => {
    const { t, main, one, two, down, up } = scene();
    one.rest({ kind: 'ipc', resource: down, listens: true });
    two.rest();
    main.rest({ kind: 'ipc', resource: up, child: one, listens: true }, { kind: 'timer', due: 1e12 });
    assert.deepEqual(certain(t), []);
  });
  it('is open while a message is on its way', () => {
    const { t, main, one, two, down, up } = scene();
    main.on('send', down, { n: 1, value: 10 });
    one.rest({ kind: 'ipc', resource: down, listens: true });
    two.rest();
    main.rest({ kind: 'ipc', resource: up, child: one, listens: true });
    assert.deepEqual(certain(t), []);
    one.on('receive', down, { n: 1, value: 10 });
    one.rest({ kind: 'ipc', resource: down, listens: true });
    assert.deepEqual(certain(t), ['lock-cycle']);
  });
  it('stays shut for a message that nobody listens for', () => {
    const { t, main, one, two, down, up } = scene();
    main.on('send', down, { n: 1, value: 10 });
    one.rest({ kind: 'ipc', resource: down, listens: false, unread: 1 });
    two.rest();
    main.rest({ kind: 'ipc', resource: up, child: one, listens: true });
    assert.deepEqual(certain(t), ['lock-cycle']);
  });
});

describe('a circle that closes by what somebody rests for', () => {
  /** A plain child holds a lock that main asks for, and waits for main's message. */
  function scene() {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const lock = t.lock('L');
    main.create(lock);
    const child = main.start('keeper', { pid: 11, api: 'fork' }).open(lock);
    const channel = ipc(t, main, child, 'k');
    child.acquire(lock, 1, '/app/keeper.ts:5');
    main.wait('waitAcquire', lock, { site: '/app/main.ts:8' });
    return { t, main, child, ...channel };
  }
  it('is told with its member that only rests', () => {
    const { t, main, child, down, up } = scene();
    child.rest({ kind: 'ipc', resource: down, listens: true });
    main.rest({ kind: 'child', child, listens: true }, { kind: 'ipc', child, resource: up, listens: true });
    const finding = only(t, 'lock-cycle', 'certain');
    assert.deepEqual([...finding.processes].sort(), ['10', '11']);
    assert.deepEqual(
      finding.chain.map(({ text }) => text),
      [
        'main.ts waits for lock L at main.ts:8, held by keeper since keeper.ts:5',
        'keeper rests and waits for a message of main.ts',
      ],
    );
    assert.deepEqual(
      finding.chain.map(({ waitKind, source }) => waitKind ?? source),
      ['waitAcquire', 'ipc'],
    );
  });
  it('is not when the one that rests has something else', () => {
    const { t, main, child, down, up } = scene();
    child.rest({ kind: 'ipc', resource: down, listens: true }, { kind: 'server', local: '::80' });
    main.rest({ kind: 'child', child, listens: true }, { kind: 'ipc', child, resource: up, listens: true });
    none(t, SETTLED);
  });
});

describe('a child as a source', () => {
  it('of which nothing is known may end at any time', () => {
    const { t, main, one, two } = crossed();
    const key = main.startOnly('tool', { pid: 50, api: 'spawn' });
    const lock = t.lock('C');
    main.create(lock).acquire(lock, 1);
    one.rest();
    two.rest();
    main.rest({ kind: 'child', child: key, listens: true });
    // The circle of the two does not need their parent, and what the parent holds does.
    const finding = only(t, 'lock-cycle', 'certain');
    assert.ok(!finding.proof?.members.some(({ thread }) => thread === '10.0'));
  });
});

describe('a process that is paused', () => {
  const pause = (t: TraceBuilder, pid: number, atMs?: number) =>
    (atMs === undefined ? t : t.at(atMs)).observe({ type: 'paused', time: t.tick(), pid, by: 'debugger' });
  const resume = (t: TraceBuilder, pid: number, atMs: number) =>
    t.at(atMs).observe({ type: 'resumed', time: t.tick(), pid, by: 'debugger' });

  it('stops the clock of suspicion for all', () => {
    const { t, one, two } = crossed();
    one.rest({ kind: 'timer', due: 9e9 });
    two.rest();
    pause(t, 10);
    none(t, LONG);
    resume(t, 10, LONG);
    none(t, 1000);
    only(t, 'lock-cycle', 'suspected', LONG);
  });

  it('leaves what was proven before, until it goes on', () => {
    const { t, one, two } = crossed();
    one.rest();
    two.rest();
    pause(t, 11, SETTLED);
    only(t, 'lock-cycle', 'certain', LONG);
  });

  it('is not held against itself, nor against those who wait for it', () => {
    const { t, one, two } = crossed();
    pause(t, 11);
    one.rest();
    two.rest();
    none(t, LONG);
  });

  it('counts no more when it has ended', () => {
    const { t, main, one, two } = crossed();
    const three = main.start('three', { pid: 13 });
    one.rest({ kind: 'timer', due: 9e9 });
    two.rest();
    pause(t, 13);
    three.exit(0);
    only(t, 'lock-cycle', 'suspected', LONG);
  });
});
