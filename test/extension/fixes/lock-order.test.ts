import assert from 'node:assert/strict';
import test from 'node:test';
import { orderSides, swapLocks } from '../../../src/extension/fixes/lock-order.ts';
import type { ChainLink, Finding, FindingSite } from '../../../src/model/types/index.ts';
import { findingView } from '../../views.ts';
import { changed, program } from './program.ts';

const FILE = '/app/main.mjs';
const CROSSED = `async function one() {
  await a.«acquire();
  await b.«acquire();
  b.release();
  a.release();
}
async function two() {
  await b.«acquire();
  await a.«acquire();
  a.release();
  b.release();
}
`;

const siteAt = (place: { line: number; column: number }) => ({
  ...{ file: FILE, fn: '', sampled: false, frames: [] },
  ...place,
});
function taken(place: { line: number; column: number }, thread: string, resource: string): FindingSite {
  return { ...siteAt(place), role: 'acquired', process: thread, thread, resource, time: 1 };
}
const waits = (place: { line: number; column: number }, thread: string, resource: string): ChainLink => ({
  ...{ process: thread, thread, task: 0, waitKind: 'waitAcquire', source: null, resource, since: 1 },
  ...{ site: siteAt(place), blockedBy: [], text: '' },
});

/** Marks: where the first one takes A and B, then where the second one takes B and A. */
function inversion(text: string): { finding: Finding; syntax: ReturnType<typeof program>['syntax'] } {
  const { syntax, places } = program(text, FILE);
  const [a, b, c, d] = places;
  assert.ok(a && b && c && d);
  const sites = [taken(a, '1', 'A'), taken(b, '1', 'B'), taken(c, '2', 'B'), taken(d, '2', 'A')];
  const resources = ['A', 'B'];
  return { finding: findingView({ kind: 'lock-order-inversion', sites, resources }), syntax };
}

function swapped(text: string): (string | undefined)[] {
  const { finding, syntax } = inversion(text);
  const [a, b] = orderSides(finding);
  if (!a || !b) return [];
  const locate = ({ line, column }: { line: number; column: number }) => ({ syntax, line, column });
  return [swapLocks(a, b, locate), swapLocks(b, a, locate)].map(
    (swap) => swap && changed(syntax, swap.changes),
  );
}

test('either of two places takes the locks as the other one does', () => {
  const plain = CROSSED.replaceAll('«', '');
  const [first, second] = swapped(CROSSED);
  const exchange = (text: string, from: string, to: string) => text.replace(from, to);
  const one = 'await a.acquire();\n  await b.acquire();';
  const two = 'await b.acquire();\n  await a.acquire();';
  assert.equal(first, exchange(plain, one, two));
  assert.equal(second, exchange(plain, two, one));
});

test('a deadlock that has come tells the same two places', () => {
  const { places } = program(CROSSED, FILE);
  const [a, b, c, d] = places;
  assert.ok(a && b && c && d);
  const finding = findingView({
    kind: 'lock-cycle',
    chain: [waits(b, '1', 'B'), waits(d, '2', 'A')],
    sites: [taken(a, '1', 'A'), taken(c, '2', 'B')],
    resources: ['A', 'B'],
  });
  assert.deepEqual(
    orderSides(finding).map(({ first, second }) => [first.site.line, second.site.line]),
    [
      [2, 3],
      [8, 9],
    ],
  );
});

test('locks with guards are taken in another order with their guards', () => {
  const [, second] = swapped(
    CROSSED.replace(
      'await b.«acquire();\n  await a',
      'await using _b = await b.«acquire();\n  using _a = await a',
    ),
  );
  assert.match(second ?? '', /using _a = await a\.acquire\(\);\n {2}await using _b = await b\.acquire\(\);/);
});

test('a third function decides which place is changed', () => {
  const third = `async function three() {\n  await a.acquire();\n  await b.acquire();\n}\n`;
  const [first, second] = swapped(CROSSED + third);
  assert.equal(first, undefined);
  assert.ok(second);
});

test('nothing is swapped where it could make another deadlock, or do something else', () => {
  for (const [why, text] of Object.entries({
    'something stands between': CROSSED.replace('await b.«', 'log();\n  await b.«'),
    'other names stand for the locks': CROSSED.replace(
      'await b.«acquire();\n  await a.«',
      'await d.«acquire();\n  await c.«',
    ),
    'they may not be acquired': CROSSED.replace('b.«acquire()', 'b.«acquire(5)'),
    'they are taken by with as well': `${CROSSED}a.with(() => f());\n`,
    'others take them in both orders': `${CROSSED}async function three() {\n  await a.acquire();\n  await b.acquire();\n  await a.acquire();\n}\n`,
  }))
    assert.deepEqual(swapped(text), [undefined, undefined], why);
});

test('one place that is given its locks in both orders has no order to change', () => {
  const { syntax, places } = program(`await from.«acquire();\nawait to.«acquire();\n`, FILE);
  const [a, b] = places;
  assert.ok(a && b);
  const sites = [taken(a, '1', 'A'), taken(b, '1', 'B'), taken(a, '2', 'B'), taken(b, '2', 'A')];
  const [one, two] = orderSides(findingView({ kind: 'lock-order-inversion', sites, resources: ['A', 'B'] }));
  assert.ok(one && two);
  const locate = ({ line, column }: { line: number; column: number }) => ({ syntax, line, column });
  assert.equal(swapLocks(one, two, locate), undefined);
});

test('three locks in a circle are no two places', () => {
  const { finding } = inversion(CROSSED);
  assert.deepEqual(orderSides({ ...finding, resources: ['A', 'B', 'C'] }), []);
});
