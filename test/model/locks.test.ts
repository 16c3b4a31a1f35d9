import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Finding, Model } from '../../src/model/index.ts';
import { type Resource, type StreamBuilder, TraceBuilder } from './builder.ts';

interface Scene {
  readonly t: TraceBuilder;
  readonly main: StreamBuilder;
  readonly one: StreamBuilder;
  readonly two: StreamBuilder;
  readonly a: Resource;
  readonly b: Resource;
}

/** Two workers, each with its first lock and about to ask for the other's. */
function scene(options: Partial<Resource> = {}, op: { task?: number } = {}): Scene {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10 });
  const a = t.resource('lock', 'A', options);
  const b = t.resource('lock', 'B', options);
  main.create(a, b);
  const one = main.start('one', { pid: 11 }).open(a, b);
  const two = main.start('two', { pid: 12 }).open(a, b);
  one.acquire(a, 1, '/app/main.ts:20', op);
  two.acquire(b, 1, '/app/main.ts:30', op);
  return { t, main, one, two, a, b };
}
function cross(s: Scene, op: { sync?: boolean; timeout?: number; task?: number } = { sync: true }): void {
  s.one.wait('waitAcquire', s.b, { ...op, site: '/app/main.ts:21' });
  s.two.wait('waitAcquire', s.a, { ...op, site: '/app/main.ts:31' });
}
function joinBoth({ main, one, two }: Scene): void {
  main.join(one);
  main.join(two);
}
/** Two tasks of one thread, each with its first lock and asking for the other's. */
function tasks(): { readonly t: TraceBuilder; readonly main: StreamBuilder } {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10 });
  const a = t.lock('A');
  const b = t.lock('B');
  main.create(a, b);
  main.acquire(a, 1, '/app/main.ts:5', { task: 1 });
  main.acquire(b, 1, '/app/main.ts:6', { task: 2 });
  main.wait('waitAcquire', b, { task: 1 });
  main.wait('waitAcquire', a, { task: 2 });
  return { t, main };
}
function find(s: { t: TraceBuilder }, afterMs = 0): readonly Finding[] {
  const model = s.t.feed(new Model());
  return model.findings(model.lastTime + afterMs * 1e6).filter((finding) => finding.blocking);
}

describe('lock-cycle', () => {
  it('is certain, with both waits and both acquisitions', () => {
    const s = scene();
    joinBoth(s);
    cross(s);
    const [finding, ...rest] = find(s);
    assert.ok(finding);
    assert.equal(rest.length, 0);
    assert.equal(finding.kind, 'lock-cycle');
    assert.equal(finding.certainty, 'certain');
    assert.deepEqual([...finding.processes].sort(), ['11', '12']);
    assert.deepEqual([...finding.resources].sort(), ['lock:A', 'lock:B']);
    const places = finding.sites.map((site) => `${site.process} ${site.role} ${site.resource} ${site.line}`);
    assert.deepEqual(places.sort(), [
      '11 acquired lock:A 20',
      '11 waits lock:B 21',
      '12 acquired lock:B 30',
      '12 waits lock:A 31',
    ]);
    assert.deepEqual(
      finding.chain.map((link) => link.text),
      [
        'one waits for lock B at main.ts:21, held by two since main.ts:30',
        'two waits for lock A at main.ts:31, held by one since main.ts:20',
      ],
    );
    assert.deepEqual(
      finding.chain.map((link) => link.blockedBy.map((by) => by.process)),
      [['12'], ['11']],
    );
    assert.match(finding.explanation, /\. \S+ and \S+ are blocked in a synchronous call/);
    assert.match(finding.fix, /same order/);
  });

  it('is certain for asynchronous waits once their threads are quiescent', () => {
    const s = scene();
    joinBoth(s);
    cross(s, {});
    assert.deepEqual(find(s), []);
    s.one.quiescent();
    assert.deepEqual(find(s), []);
    s.two.quiescent();
    assert.equal(find(s)[0]?.certainty, 'certain');
  });

  it('is not reported again after activity ended the quiescence', () => {
    const s = scene();
    joinBoth(s);
    cross(s, {});
    s.one.quiescent();
    s.two.quiescent();
    s.one.record('resumed');
    assert.deepEqual(find(s), []);
  });

  it('is certain for tasks with tokens when their thread rests', () => {
    const s = tasks();
    s.main.quiescent();
    const [finding] = find(s);
    assert.equal(finding?.kind, 'lock-cycle');
    assert.equal(finding?.certainty, 'certain');
    assert.deepEqual(
      finding?.chain.map((link) => link.task),
      [1, 2],
    );
  });
  it('is only suspected for tasks of a thread that runs: a task may race its wait against something else', () => {
    assert.deepEqual(find(tasks()), []);
    const [finding] = find(tasks(), 60_000);
    assert.equal(finding?.kind, 'lock-cycle');
    assert.equal(finding?.certainty, 'suspected');
    assert.deepEqual(
      finding?.chain.map((link) => link.task),
      [1, 2],
    );
  });
  it('is not reported while a timeout is armed', () => {
    const s = scene();
    joinBoth(s);
    s.one.wait('waitAcquire', s.b, { sync: true, timeout: 60_000 });
    s.two.wait('waitAcquire', s.a, { sync: true });
    assert.deepEqual(find(s, 30_000), []);
  });

  it('is not certain while a task of a member may still run, and suspected after a while', () => {
    const s = scene();
    joinBoth(s);
    cross(s, {});
    assert.deepEqual(find(s, 1000), []);
    const [finding] = find(s, 6000);
    assert.equal(finding?.certainty, 'suspected');
    assert.match(finding?.explanation ?? '', /may still run/);
  });

  it('is not certain while an armed timer of a member could release', () => {
    const s = scene();
    joinBoth(s);
    cross(s, {});
    s.one.quiescent(0, 1);
    s.two.quiescent();
    assert.deepEqual(find(s, 1000), []);
    assert.equal(find(s, 6000)[0]?.certainty, 'suspected');
  });

  it('is not certain while another live process could release one of the locks for its holder', () => {
    const s = scene();
    const helper = s.main.start('helper', { pid: 13 }).open(s.a);
    joinBoth(s);
    cross(s);
    assert.deepEqual(find(s, 1000), []);
    assert.equal(find(s, 6000)[0]?.certainty, 'suspected');
    helper.on('release', s.a, { n: 1 });
    assert.deepEqual(find(s, 6000), []);
  });

  it('is certain when the third process uses the lock as a lock itself', () => {
    const s = scene();
    const helper = s.main.start('helper', { pid: 13 }).open(s.a);
    joinBoth(s);
    helper.acquire(s.a, 7).release(s.a, 7);
    cross(s);
    assert.equal(find(s)[0]?.certainty, 'certain');
  });

  it('counts anybody once the lock was released by somebody else before', () => {
    const s = scene();
    s.two.acquire(s.a, 50).acquire(s.a, 51);
    s.main.release(s.a, 50).release(s.a, 51);
    cross(s);
    assert.deepEqual(find(s, 60_000), []);
  });

  it('is not reported when a worker that has the lock still computes', () => {
    const s = scene();
    joinBoth(s);
    s.one.wait('waitAcquire', s.b, { sync: true });
    assert.deepEqual(find(s, 60_000), []);
  });

  it('needs all holders of a semaphore to be stuck', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const sem = t.resource('semaphore', 'S', { capacity: 2 });
    const lock = t.lock('L');
    main.create(sem, lock);
    const [one, two, three] = ['one', 'two', 'three'].map((name) => main.start(name).open(sem, lock));
    assert.ok(one && two && three);
    for (const child of [one, two, three]) main.join(child);
    one.acquire(sem, 1);
    two.acquire(sem, 2);
    three.acquire(lock, 1);
    three.wait('waitAcquire', sem, { sync: true });
    one.wait('waitAcquire', lock, { sync: true });
    assert.deepEqual(find({ t }, 60_000), []);
    two.wait('waitAcquire', lock, { sync: true });
    const [finding] = find({ t });
    assert.equal(finding?.kind, 'lock-cycle');
    assert.equal(finding?.certainty, 'certain');
    assert.equal(finding?.processes.length, 3);
  });

  it('sees a parent that joins a child which needs the lock that the parent holds', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const lock = t.lock('L');
    main.create(lock);
    const child = main.start('child', { site: '/app/main.ts:3' }).open(lock);
    main.acquire(lock, 1, '/app/main.ts:4');
    main.join(child, { site: '/app/main.ts:5' });
    child.wait('waitAcquire', lock, { sync: true, site: '/app/main.ts:9' });
    assert.deepEqual(find({ t }), []);
    main.quiescent();
    const [finding] = find({ t });
    assert.equal(finding?.kind, 'lock-cycle');
    assert.equal(finding?.certainty, 'certain');
    assert.deepEqual(finding?.sites.map((s) => `${s.role} ${s.line}`).sort(), [
      'acquired 4',
      'started 3',
      'waits 5',
      'waits 9',
    ]);
  });

  it('is kept, as not blocking any more, when its processes are killed', () => {
    const s = scene();
    joinBoth(s);
    cross(s);
    s.main.childExit(s.one, { signal: 9 });
    s.main.childExit(s.two, { signal: 9 });
    const model = s.t.feed(new Model());
    const [finding] = model.findings();
    assert.equal(finding?.kind, 'lock-cycle');
    assert.equal(finding?.blocking, false);
  });

  it('is kept when whoever gets the lock of a dead process tells so before anybody tells of the death', () => {
    const s = scene();
    joinBoth(s);
    cross(s);
    s.two.on('ownerDied', s.a, { n: 1, value: 11 }).acquire(s.a, 2, '/app/main.ts:31');
    s.main.childExit(s.one, { signal: 2 });
    s.main.childExit(s.two, { signal: 2 });
    const found = s.t.feed(new Model()).findings();
    const cycle = found.find(({ kind }) => kind === 'lock-cycle');
    assert.equal(cycle?.certainty, 'certain');
    assert.equal(cycle?.blocking, false);
  });

  it('is kept when its processes are told to end and do so', () => {
    const s = scene();
    joinBoth(s);
    cross(s);
    s.main.record('signal', { n: 11, value: 15 });
    s.main.record('signal', { n: 12, value: 15 });
    s.main.childExit(s.one, { signal: 15 });
    s.main.childExit(s.two, { signal: 15 });
    const [cycle] = s.t.feed(new Model()).findings();
    assert.equal(cycle?.kind, 'lock-cycle');
    assert.equal(cycle?.certainty, 'certain');
    assert.equal(cycle?.blocking, false);
  });

  it('still blocks in the report of a run that the launcher killed, with holders and waiters as of then', () => {
    const s = scene();
    joinBoth(s);
    cross(s);
    s.t.observe({ type: 'killed', time: s.t.tick(), reason: 'deadlock' });
    s.t.observe({ type: 'osGone', time: s.t.tick(), pid: 11 });
    s.t.observe({ type: 'osGone', time: s.t.tick(), pid: 12 });
    s.t.observe({ type: 'rootExit', time: s.t.tick(), pid: 10, exitCode: null, signal: 'SIGKILL' });
    s.t.observe({ type: 'end', time: s.t.tick() });
    const model = s.t.feed(new Model());
    const [finding] = model.findings();
    assert.equal(finding?.kind, 'lock-cycle');
    assert.equal(finding?.blocking, true);
    const [a] = model.resources();
    assert.deepEqual(
      a?.holders.map((h) => h.process),
      ['11'],
    );
    assert.deepEqual(
      a?.waiters.map((w) => w.process),
      ['12'],
    );
  });

  it('is only suspected of tasks in a resting thread that has a timer: they may race against it', () => {
    const s = scene({}, { task: 7 });
    joinBoth(s);
    cross(s, { task: 7 });
    s.one.quiescent();
    s.two.quiescent();
    assert.deepEqual(
      find(s).map(({ certainty }) => certainty),
      ['certain'],
    );
    s.one.quiescent(0, 1);
    assert.deepEqual(find(s), []);
    assert.deepEqual(
      find(s, 6000).map(({ certainty }) => certainty),
      ['suspected'],
    );
  });

  it('is certain of waits that an AbortSignal may end only when no timer could abort it', () => {
    const s = scene();
    joinBoth(s);
    const op = { sync: false, timeout: 0, task: 7 };
    cross(s, op);
    assert.deepEqual(find(s), []);
    assert.deepEqual(
      find(s, 6000).map(({ certainty }) => certainty),
      ['suspected'],
    );
    s.one.quiescent(0, 1);
    s.two.quiescent();
    assert.deepEqual(find(s), []);
    s.one.quiescent();
    assert.deepEqual(
      find(s).map(({ certainty }) => certainty),
      ['certain'],
    );
  });

  it('does not come from a process that was just told to end', () => {
    const s = scene();
    joinBoth(s);
    cross(s);
    s.main.record('signal', { n: 11, value: 15 });
    assert.deepEqual(find(s), []);
    assert.equal(find(s, 6000).length, 1);
  });
});
