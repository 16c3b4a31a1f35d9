import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ROLE } from '../../../src/trace/format/records.ts';
import { stdioKey } from '../../../src/trace/format/stdio-key.ts';
import { type Resource, type StreamBuilder, TraceBuilder } from '../builder.ts';
import { LONG, none, only, places } from './ask.ts';

interface Scene {
  readonly t: TraceBuilder;
  readonly main: StreamBuilder;
  readonly out: Resource;
}

/** A parent that has made a pipe for the stdout of a child, and got 64 KiB from it. */
function parent(spawnKey: string): Scene {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10 });
  const out = t.resource('stdio', 'stdout', { key: stdioKey(spawnKey, 1, 'up') });
  main.on('create', out, { value: ROLE.read, site: '/app/main.ts:4' });
  main.on('receive', out, { value: 65_536, n: 65_536 });
  return { t, main, out };
}

/** The same with a child that is traced and has more to write. */
function traced(): Scene & { readonly child: StreamBuilder; readonly wait: number } {
  const scene = parent('out-key');
  const child = scene.main.start('build', {
    pid: 11,
    api: 'spawn',
    spawnKey: 'out-key',
    site: '/app/main.ts:4',
  });
  child.openRole(scene.out, 'write').on('send', scene.out, { value: 1e6, n: 1e6, site: '/app/build.ts:2' });
  const wait = child.wait('waitSend', scene.out, { site: '/app/build.ts:2' });
  child.on('backpressure', scene.out, { value: 9e5 });
  return { ...scene, child, wait };
}

/** The reader's buffer is full. `n`: nothing was ever taken out of it. */
function stops({ main, out }: Scene, n = 1): void {
  main.on('backpressure', out, { n, value: 65_536 });
}

describe('stdout-not-drained', () => {
  it('is certain when the parent has stopped reading and only its child could wake it', () => {
    const scene = traced();
    stops(scene);
    scene.child.quiescent();
    scene.main.join(scene.child, {}, 'waitChild');
    scene.main.quiescent();
    const finding = only(scene.t, 'stdout-not-drained', 'certain');
    assert.equal(finding.blocking, true);
    assert.equal(finding.title, 'main.ts does not read stdout of build');
    assert.deepEqual(places(finding), ['created 4', 'started 4', 'waits 2']);
    assert.deepEqual(finding.chain.map((link) => link.waitKind).sort(), ['waitChild', 'waitSend']);
  });
  it('is not reported while the reader has not been seen to have stopped', () => {
    const { t, main, child } = traced();
    child.quiescent();
    main.join(child, {}, 'waitChild');
    main.quiescent();
    none(t, LONG);
  });
  it('is suspected when the parent has other things to do and never began to read', () => {
    const scene = traced();
    stops(scene);
    scene.main.quiescent(1, 0);
    none(scene.t);
    const finding = only(scene.t, 'stdout-not-drained', 'suspected', LONG);
    assert.match(finding.explanation, /never read/);
    assert.deepEqual(places(finding), ['started 4', 'waits 2']);
  });
  it('is not reported of a reader that pauses, as one does whose own output is slow', () => {
    const scene = traced();
    stops(scene, 0);
    scene.main.quiescent(1, 0);
    none(scene.t, LONG);
  });
  it('is not reported of a reader that has read, and pauses by a timer', () => {
    const scene = traced();
    stops(scene, 0);
    scene.child.rest({ kind: 'stdio', resource: scene.out, listens: false, unwritten: 9e5 });
    scene.main.join(scene.child, {}, 'waitChild');
    scene.main.rest({ kind: 'child', child: scene.child }, { kind: 'timer', due: 9e9 });
    none(scene.t, LONG);
  });
  it('is certain when what it still has to write is all that the child has', () => {
    const scene = traced();
    stops(scene, 0);
    scene.child.rest({ kind: 'stdio', resource: scene.out, listens: false, unwritten: 9e5 });
    scene.main.join(scene.child, {}, 'waitChild');
    scene.main.rest({ kind: 'child', child: scene.child });
    only(scene.t, 'stdout-not-drained', 'certain');
  });
  it('is not reported when main is blocked itself, when its own output stands still, or when it drained', () => {
    const blocked = traced();
    stops(blocked);
    blocked.main.wait('waitAtomics', blocked.t.resource('atomics', 'x'), { sync: true, timeout: 1e6 });
    none(blocked.t, LONG);
    const further = traced();
    stops(further);
    const own = further.t.resource('stdio', 'stdout', { key: stdioKey('root-key', 1, 'up') });
    further.main.openRole(own, 'write').wait('waitSend', own);
    none(further.t, LONG);
    const drained = traced();
    stops(drained);
    drained.main.on('drained', drained.out);
    drained.child.endWait(drained.wait).on('drained', drained.out);
    none(drained.t, LONG);
  });

  function untraced(cpu: number): Scene {
    const scene = parent('cat-key');
    scene.main.startOnly('', {
      pid: 12,
      api: 'spawn',
      spawnKey: 'cat-key',
      argv: ['cat'],
      site: '/app/main.ts:4',
    });
    scene.t.observe({
      type: 'osProcess',
      time: scene.t.tick(),
      pid: 12,
      ppid: 10,
      name: 'cat',
      command: 'cat',
    });
    scene.t.observe({ type: 'sample', time: scene.t.tick(), pid: 12, cpu, memory: 1e6 });
    stops(scene);
    return scene;
  }
  it('is suspected of a child that is not Node and does not run', () => {
    const scene = untraced(0);
    none(scene.t);
    const finding = only(scene.t, 'stdout-not-drained', 'suspected', LONG);
    assert.equal(finding.title, 'main.ts does not read stdout of cat');
    assert.equal(finding.blocking, false, 'whether the pipe itself is full is not known');
    scene.main.join('cat-key', {}, 'waitChild');
    assert.equal(only(scene.t, 'stdout-not-drained', 'suspected', LONG).blocking, true);
  });
  it('is not reported of a child that computes, or of one that rests', () => {
    none(untraced(90).t, LONG);
    const scene = parent('out-key');
    const child = scene.main.start('server', { pid: 11, api: 'spawn', spawnKey: 'out-key' });
    stops(scene);
    child.openRole(scene.out, 'write').on('send', scene.out, { value: 65_536, n: 65_536 }).quiescent(1, 0);
    none(scene.t, LONG);
  });
  it('is suspected of a traced child that has fallen silent: it may stand in a write', () => {
    const scene = parent('out-key');
    scene.main.start('logger', { pid: 11, api: 'spawn', spawnKey: 'out-key' });
    stops(scene);
    only(scene.t, 'stdout-not-drained', 'suspected', LONG);
  });
});
