import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ration, Sampler } from '../../src/shim/sites/sampler.ts';

const MS = 1e6;
/** How many of `count` operations, `every` ns apart, show their call sites. */
function taken(sampler: Sampler, count: number, every: number, siteOf: (i: number) => number): number {
  let n = 0;
  for (let i = 0; i < count; i++) {
    if (!sampler.take(i * every)) continue;
    sampler.took(siteOf(i));
    n++;
  }
  return n;
}

test('an operation that is always at one line is seldom looked at, once that is known', () => {
  const n = taken(new Sampler('sampled', { ration: new Ration() }), 10_000, 1000, () => 1);
  assert.ok(n >= 16 && n < 100, `${n}`);
});

test('a line that changes is seen again and again, as often as the ration allows', () => {
  const n = taken(new Sampler('sampled', { ration: new Ration() }), 10_000, 10_000, (i) => i % 2);
  assert.ok(n >= 16 + 4 * 40 && n <= 16 + 6 * 40, `${n}`);
});

test('what comes seldom is always exact', () => {
  assert.equal(
    taken(new Sampler('sampled', { ration: new Ration() }), 500, 25 * MS, () => 1),
    500,
  );
});

test('samplers that share a ration share what it allows; a bound on what lies between keeps one frequent', () => {
  const ration = new Ration();
  const [a, b] = [
    new Sampler('sampled', { ration, mostBetween: 1 }),
    new Sampler('sampled', { ration, mostBetween: 1 }),
  ];
  let n = 0;
  for (let i = 0; i < 1000; i++) {
    const sampler = i % 2 ? a : b;
    if (!sampler.take(0)) continue;
    sampler.took(1);
    n++;
  }
  assert.equal(n, 2 * 16 + 40);
});

test('all and none are that', () => {
  for (const [mode, count] of [['all', 100] as const, ['off', 0] as const]) {
    assert.equal(
      taken(new Sampler(mode, { ration: new Ration() }), 100, 10, () => 1),
      count,
    );
  }
});
