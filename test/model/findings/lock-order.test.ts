import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Resource, type StreamBuilder, TraceBuilder } from '../builder.ts';
import { find, none, only, places } from './ask.ts';

function scene(): {
  t: TraceBuilder;
  one: StreamBuilder;
  two: StreamBuilder;
  a: Resource;
  b: Resource;
  gate: Resource;
} {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10 });
  const [a, b, gate] = [t.lock('A'), t.lock('B'), t.lock('gate')];
  main.create(a, b, gate);
  const one = main.start('one', { pid: 11 }).open(a, b, gate);
  const two = main.start('two', { pid: 12 }).open(a, b, gate);
  return { t, one, two, a, b, gate };
}
let ticket = 0;
/** Takes both in order and gives them back. */
function nest(
  who: StreamBuilder,
  first: Resource,
  second: Resource,
  line = 1,
  op: { task?: number } = {},
): void {
  const n = ++ticket;
  who.acquire(first, n, `/app/main.ts:${line}`, op).acquire(second, n, `/app/main.ts:${line + 1}`, op);
  who.release(second, n).release(first, n);
}

describe('lock-order-inversion', () => {
  it('is found before it hangs, with the four places', () => {
    const { t, one, two, a, b } = scene();
    nest(one, a, b, 20);
    nest(two, b, a, 30);
    const finding = only(t, 'lock-order-inversion', 'certain');
    assert.equal(finding.blocking, false);
    assert.deepEqual(places(finding), ['acquired 20', 'acquired 21', 'acquired 30', 'acquired 31']);
    assert.deepEqual([...finding.processes].sort(), ['11', '12']);
  });
  it('is found in a circle of three locks', () => {
    const { t, one, two, a, b, gate: c } = scene();
    nest(one, a, b);
    nest(two, b, c);
    none(t);
    const three = t.stream({ pid: 13, spawnKey: 'k', ppid: 10 });
    nest(three, c, a);
    assert.equal(only(t, 'lock-order-inversion', 'certain').resources.length, 3);
  });
  it('needs the first lock to be still held (hand over hand is no order)', () => {
    const { t, one, two, a, b } = scene();
    one.acquire(a, 100).release(a, 100).acquire(b, 100).release(b, 100);
    nest(two, b, a);
    none(t);
  });
  it('is cleared by a common gate lock', () => {
    const { t, one, two, a, b, gate } = scene();
    for (const [who, first, second, n] of [
      [one, a, b, 1],
      [two, b, a, 2],
    ] as const) {
      who.acquire(gate, n);
      nest(who, first, second);
      who.release(gate, n);
    }
    none(t);
  });
  it('is not cleared by a gate that only one of them takes', () => {
    const { t, one, two, a, b, gate } = scene();
    one.acquire(gate, 1);
    nest(one, a, b);
    one.release(gate, 1);
    nest(two, b, a);
    only(t, 'lock-order-inversion', 'certain');
  });
  it('needs two holders: one thread alone may take them in any order', () => {
    const { t, one, a, b } = scene();
    nest(one, a, b);
    nest(one, b, a);
    none(t);
  });
  it('counts tasks of one thread as holders of their own', () => {
    const { t, one, a, b } = scene();
    nest(one, a, b, 1, { task: 1 });
    nest(one, b, a, 1, { task: 2 });
    only(t, 'lock-order-inversion', 'certain');
  });
  it('is not reported for holders that never lived at the same time', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const [a, b] = [t.lock('A'), t.lock('B')];
    main.create(a, b);
    const one = main.start('one', { pid: 11 }).open(a, b);
    nest(one, a, b);
    one.exit(0);
    main.childExit(one);
    const two = main.start('two', { pid: 12 }).open(a, b);
    nest(two, b, a);
    none(t);
  });
  it('is not reported where the second acquisition gives up by itself', () => {
    const { t, one, two, a, b } = scene();
    one.acquire(a, 1);
    const wait = one.wait('waitAcquire', b, { timeout: 100 });
    one.acquire(b, 1, undefined, { value: wait }).endWait(wait).release(b, 1).release(a, 1);
    nest(two, b, a);
    none(t);
  });
  it('is not reported beside the deadlock that it led to', () => {
    const { t, one, two, a, b } = scene();
    nest(one, a, b);
    nest(two, b, a);
    one.acquire(a, 50);
    two.acquire(b, 50);
    one.wait('waitAcquire', b, { sync: true });
    two.wait('waitAcquire', a, { sync: true });
    assert.deepEqual(
      find(t, 60_000).map((finding) => finding.kind),
      ['lock-cycle'],
    );
  });
  it('is not reported for semaphores with room', () => {
    const t = new TraceBuilder();
    const main = t.root({ pid: 10 });
    const [a, b] = [
      t.resource('semaphore', 'A', { capacity: 3 }),
      t.resource('semaphore', 'B', { capacity: 3 }),
    ];
    main.create(a, b);
    nest(main.start('one').open(a, b), a, b);
    nest(main.start('two').open(a, b), b, a);
    none(t);
  });
});
