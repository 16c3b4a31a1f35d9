import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Model } from '../../../src/model/index.ts';
import { ROLE } from '../../../src/trace/format/records.ts';
import { stdioKey } from '../../../src/trace/format/stdio-key.ts';
import { type StreamBuilder, TraceBuilder } from '../builder.ts';
import { find } from './ask.ts';

const SIGINT = 2;
const SIGKILL = 9;

interface Scene {
  readonly t: TraceBuilder;
  readonly main: StreamBuilder;
  readonly one: StreamBuilder;
  readonly two: StreamBuilder;
}

/** Two processes at rest that wait for each other's locks, and their parent, which waits for their ends. */
function deadlock(): Scene {
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
  for (const thread of [one, two, main]) thread.rest();
  t.at(30_000);
  return { t, main, one, two };
}

type Doing = 'call' | 'running';

/** A child rests until its parent answers, whom a look each second meets so. */
function inNativeCall(looks: readonly Doing[]): TraceBuilder {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10 });
  const child = main.start('importer', { pid: 11, api: 'fork', spawnKey: 'i' });
  const down = t.resource('ipc', '', { key: 'ipc:i:down', peerKey: 'ipc:i:up' });
  const up = t.resource('ipc', '', { key: 'ipc:i:up', peerKey: 'ipc:i:down' });
  main.openRole(down, 'write').openRole(up, 'read');
  child.openRole(up, 'write').openRole(down, 'read').on('send', up, { n: 1, value: 16 });
  main.on('receive', up, { n: 1 });
  child.rest({ kind: 'ipc', resource: down, listens: true, events: ['message'] });
  for (const [index, doing] of looks.entries()) {
    t.at((index + 1) * 1000);
    const call = doing === 'call' ? { call: 'clock_nanosleep' } : {};
    const threads = [{ id: 10, used: 1e6, doing, ...call }];
    t.observe({ type: 'sample', time: t.tick(), pid: 10, cpu: 0, memory: 1, threads });
  }
  return t;
}

function ended(t: TraceBuilder, exit: { code?: number; signal?: string }): void {
  const { code = null, signal = null } = exit;
  t.observe({ type: 'rootExit', time: t.tick(), pid: 10, exitCode: code, signal });
  t.observe({ type: 'end', time: t.tick() });
}

function told(t: TraceBuilder): string[] {
  return find(t).map(({ kind, certainty, blocking }) => `${kind} ${certainty}${blocking ? ' blocking' : ''}`);
}

describe('a finding that stood when the program was ended', () => {
  const STANDS = ['lock-cycle certain blocking'];

  it('stays what it was after Ctrl-C, told of before anybody has died', () => {
    const { t, main, one, two } = deadlock();
    t.observe({ type: 'interrupted', time: t.tick(), signal: 'SIGINT' });
    main.childExit(one, { signal: SIGINT }).childExit(two, { signal: SIGINT });
    ended(t, { signal: 'SIGINT' });
    assert.deepEqual(told(t), STANDS);
  });
  it('stays in a replay, which asks for nothing before, of a parent in a native call that is seen to be gone first', () => {
    const sleeps = Array.from({ length: 14 }, (): Doing => 'call');
    // Met awake once it may poll; twice in a row it hardly does.
    for (const [last, stood] of [
      [[], true],
      [['running'], true],
      [['running', 'running'], false],
    ] as const) {
      const t = inNativeCall([...sleeps, ...last]);
      for (const pid of [10, 11]) t.observe({ type: 'osGone', time: t.tick(), pid });
      t.observe({ type: 'interrupted', time: t.tick(), signal: 'SIGINT' });
      ended(t, { signal: 'SIGINT' });
      assert.deepEqual(told(t), stood ? ['loop-in-native-call suspected blocking'] : [], last.join());
    }
  });
  it('stays what it was after Ctrl-C, told of when some have died already', () => {
    const { t, main, one, two } = deadlock();
    main.record('resumed').childExit(one, { signal: SIGINT });
    t.at(30_400).observe({ type: 'interrupted', time: t.tick(), signal: 'SIGINT' });
    main.childExit(two, { signal: SIGINT });
    ended(t, { code: 130 });
    assert.deepEqual(told(t), STANDS);
  });
  it('is proven as of a moment when all of its members lived, whoever is seen to have died first', () => {
    for (const looked of [false, true]) {
      const { t, main, one, two } = deadlock();
      const model = new Model();
      if (looked) assert.equal(t.feed(model).findings().length, 1);
      // The process table shows it before the launcher hears of Ctrl-C, and before the parent's record of it is read.
      const seen = t.items.length;
      const died = t.tick();
      const gone = t.at(30_200).tick();
      t.observe({ type: 'osGone', time: gone, pid: one.pid });
      t.observe({ type: 'interrupted', time: t.tick(), signal: 'SIGINT' });
      main.childExit(one, { signal: SIGINT }).childExit(two, { signal: SIGINT });
      ended(t, { signal: 'SIGINT' });
      t.feed(model, looked ? t.items.slice(seen) : t.items);
      const [finding] = model.findings();
      assert.equal(finding?.blocking, true);
      const time = finding.proof?.time ?? Number.POSITIVE_INFINITY;
      assert.ok(time < (looked ? died : gone), `${time}`);
    }
  });
  it('stays what it was when the program does not mind Ctrl-C, and is killed some seconds later', () => {
    const { t, main, one, two } = deadlock();
    t.observe({ type: 'interrupted', time: t.tick(), signal: 'SIGINT' });
    main.record('resumed').childExit(one, { signal: SIGINT }).childExit(two, { signal: SIGINT });
    t.at(39_000).observe({ type: 'interrupted', time: t.tick(), signal: 'SIGTERM' });
    t.at(44_000);
    ended(t, { signal: 'SIGKILL' });
    assert.deepEqual(told(t), STANDS);
  });
  it('stays what it was when the root is killed', () => {
    const { t } = deadlock();
    ended(t, { signal: 'SIGKILL' });
    assert.deepEqual(told(t), STANDS);
  });
  it('stays what it was when the root says that it was told to end', () => {
    const { t, main } = deadlock();
    main.record('resumed').record('signal', { value: 15 }).exit(143);
    ended(t, { code: 143 });
    assert.deepEqual(told(t), STANDS);
  });
  it('stays what it was when the launcher kills', () => {
    const { t } = deadlock();
    t.observe({ type: 'killed', time: t.tick(), reason: 'x' });
    ended(t, { signal: 'SIGINT' });
    assert.deepEqual(told(t), STANDS);
  });
  it('is kept of those who only rest, too', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const worker = main.thread('worker');
    worker.rest({ kind: 'parent', listens: true });
    main.rest({ kind: 'worker', child: worker, listens: true });
    t.at(30_000).observe({ type: 'interrupted', time: t.tick(), signal: 'SIGINT' });
    ended(t, { signal: 'SIGINT' });
    assert.deepEqual(told(t), ['port-keeps-alive certain blocking']);
  });
});

describe('a finding that was resolved by an end within the program', () => {
  it('blocks no longer', () => {
    const { t, main, one, two } = deadlock();
    main.record('resumed').childExit(one, { signal: SIGKILL });
    assert.deepEqual(told(t), ['lock-cycle certain']);
    main.childExit(two, { signal: SIGKILL });
    t.at(60_000);
    main.exit(0);
    ended(t, { code: 0 });
    assert.deepEqual(told(t), ['lock-cycle certain']);
  });
  it('does not block either when the program is interrupted much later', () => {
    const { t, main, one, two } = deadlock();
    main.record('resumed').childExit(one, { signal: SIGKILL }).childExit(two, { signal: SIGKILL });
    t.at(60_000).observe({ type: 'interrupted', time: t.tick(), signal: 'SIGINT' });
    ended(t, { signal: 'SIGINT' });
    assert.deepEqual(told(t), ['lock-cycle certain']);
  });
});

describe('what the end of the program brings about', () => {
  it('is no finding: Ctrl-C kills workers in the middle of tasks', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const pool = t.resource('pool', 'P', { capacity: 1 });
    main.create(pool);
    const worker = main.start('worker', { pid: 20 }).open(pool);
    main.on('poolWorker', pool, { n: 20 }).on('submit', pool, { n: 1 });
    worker.on('taskStart', pool, { n: 1 });
    t.at(10_000);
    main.childExit(worker, { signal: SIGINT });
    assert.deepEqual(told(t), ['pool-worker-killed certain'], 'somebody has killed the worker alone');
    t.observe({ type: 'interrupted', time: t.tick(), signal: 'SIGINT' });
    ended(t, { signal: 'SIGINT' });
    assert.deepEqual(told(t), []);
  });
  it('does not hold for a thread that had gone on after its rest', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const [down, up] = [t.resource('ipc', 'down'), t.resource('ipc', 'up')];
    const child = main.start('child', { pid: 11, api: 'fork' });
    main.openRole(down, 'write').openRole(up, 'read');
    child.openRole(down, 'read').openRole(up, 'write');
    const lock = t.lock('L');
    main.create(lock);
    child.open(lock).acquire(lock, 1).rest({ kind: 'ipc', resource: down, listens: true });
    main.on('send', down, { n: 1 });
    main.wait('waitAcquire', lock);
    child.record('resumed');
    child.on('receive', down, { n: 1 });
    main.rest({ kind: 'ipc', resource: up, child, listens: true });
    t.observe({ type: 'interrupted', time: t.tick(), signal: 'SIGINT' });
    ended(t, { signal: 'SIGINT' });
    assert.deepEqual(told(t), []);
  });
});

describe('a finding that is only suspected when the program is ended', () => {
  const STDIN = 'stdin-not-ended suspected blocking';

  /** A child reads its stdin, which its parent, who waits for its end, has open. */
  function reading() {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const child = main.start('reader', { pid: 11, api: 'spawn', spawnKey: 'r' });
    const stdin = t.resource('stdio', 'stdin', { key: stdioKey('r', 0, 'down') });
    main.on('create', stdin, { value: ROLE.write }).on('send', stdin, { n: 1, value: 1 });
    child.openRole(stdin, 'read').on('receive', stdin, { n: 1, value: 1 });
    child.rest({ kind: 'stdio', resource: stdin, listens: true });
    const waits = () => main.rest({ kind: 'child', child, listens: true, events: ['exit'] });
    waits();
    t.at(30_000);
    /** It sees the end of its stdin, says what it has read, and ends. */
    const ends = (code = 0) => {
      const stdout = t.resource('stdio', 'stdout', { key: stdioKey('r', 1, 'up') });
      child.record('resumed').on('disconnect', stdin);
      child.openRole(stdout, 'write').on('send', stdout, { n: 1, value: 7 }).exit(code);
    };
    return { t, main, child, stdin, waits, ends };
  }

  it('stays where a child hears of the end of the root before the launcher does, and ends well', () => {
    for (const seen of [false, true]) {
      const { t, ends } = reading();
      ends();
      if (seen) for (const pid of [10, 11]) t.observe({ type: 'osGone', time: t.tick(), pid });
      t.at(30_300);
      ended(t, { signal: 'SIGKILL' });
      assert.deepEqual(told(t), [STDIN]);
    }
  });
  it('stays where the launcher tells before the child has ended', () => {
    const { t, child, stdin } = reading();
    const stdout = t.resource('stdio', 'stdout', { key: stdioKey('r', 1, 'up') });
    child
      .record('resumed')
      .on('disconnect', stdin)
      .openRole(stdout, 'write')
      .on('send', stdout, { value: 7 });
    ended(t, { signal: 'SIGKILL' });
    assert.deepEqual(told(t), [STDIN]);
  });
  it('is gone where the parent itself had ended what the child waited for', () => {
    for (const isTold of [true, false]) {
      const { t, main, child, stdin, waits, ends } = reading();
      main.record('resumed');
      if (isTold) main.on('disconnect', stdin);
      ends();
      assert.deepEqual(told(t), []);
      main.childExit(child);
      waits();
      t.at(31_000);
      ended(t, { signal: 'SIGKILL' });
      assert.deepEqual(told(t), []);
    }
  });
  it('is gone where the child ended long before', () => {
    const { t, ends } = reading();
    ends();
    t.at(60_000);
    ended(t, { signal: 'SIGKILL' });
    assert.deepEqual(told(t), []);
  });
  it('stays certain where a channel is what the child hears of it by', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const child = main.start('worker', { pid: 11, api: 'fork', spawnKey: 'i' });
    const down = t.resource('ipc', '', { key: 'ipc:i:down', peerKey: 'ipc:i:up' });
    const up = t.resource('ipc', '', { key: 'ipc:i:up', peerKey: 'ipc:i:down' });
    main.openRole(down, 'write').openRole(up, 'read');
    child.openRole(up, 'write').openRole(down, 'read');
    child.rest({ kind: 'ipc', resource: down, listens: true, events: ['message'] });
    main.rest(
      { kind: 'child', child, listens: true, events: ['exit'] },
      { kind: 'ipc', child, resource: up, listens: true },
    );
    t.at(30_000);
    child.record('resumed').on('disconnect', down).exit(0);
    t.at(30_300);
    ended(t, { signal: 'SIGKILL' });
    assert.deepEqual(told(t), ['ipc-keeps-alive certain blocking']);
  });
  it('stays where Ctrl-C comes while an interval of its thread says something', () => {
    for (const says of [true, false]) {
      const t = new TraceBuilder();
      const main = t.root({ pid: 10 });
      const child = main.start('job', { pid: 11, api: 'fork' });
      const out = t.resource('stdio', 'stdout', { key: stdioKey('root', 1, 'up') });
      const port = t.resource('ipc', 'up');
      main.childExit(child);
      child.exit(0);
      main.rest(
        { kind: 'child', child, state: 'exited', listens: true, events: ['close'], ref: false },
        { kind: 'timer', every: 1e9 },
      );
      t.at(30_000);
      main.record('resumed').openRole(out, 'write').on('send', out, { value: 6 });
      if (!says) main.on('receive', port, { n: 1 });
      t.at(30_050).observe({ type: 'interrupted', time: t.tick(), signal: 'SIGINT' });
      ended(t, { signal: 'SIGINT' });
      assert.deepEqual(told(t), says ? ['close-missing suspected blocking'] : []);
    }
  });

  it('an await that nothing settles any more since the program was ended is no fault of its own', () => {
    const kinds = (isEnded: boolean) => {
      const { t, main } = deadlock();
      if (isEnded) t.observe({ type: 'killed', time: t.tick(), reason: 'deadlock' });
      t.at(30_100);
      main.define({ type: 'incident', what: 'unsettledAwait', time: t.tick(), message: '' });
      ended(t, { code: 13 });
      return t
        .feed(new Model())
        .findings()
        .map(({ kind }) => kind);
    };
    assert.ok(kinds(false).includes('unsettled-await'));
    assert.ok(!kinds(true).includes('unsettled-await'), kinds(true).join());
  });
});
