import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Finding, Model } from '../../../src/model/index.ts';
import { TraceBuilder } from '../builder.ts';

const HELPER = '/app/locks.ts:5';
const at = ({ file, line }: { file: string; line: number }) => `${file.slice(5)}:${line}`;

/** Two workers cross over two locks; each call has a stack of its own. */
function crossed(stacks: readonly [string, string, string, string]): Finding {
  const t = new TraceBuilder();
  const main = t.root({ pid: 10 });
  const [a, b] = [t.resource('lock', 'A'), t.resource('lock', 'B')];
  main.create(a, b);
  const one = main.start('one', { pid: 11 }).open(a, b);
  const two = main.start('two', { pid: 12 }).open(a, b);
  one.acquire(a, 1, stacks[0]);
  two.acquire(b, 1, stacks[1]);
  main.join(one);
  main.join(two);
  one.wait('waitAcquire', b, { sync: true, site: stacks[2] });
  two.wait('waitAcquire', a, { sync: true, site: stacks[3] });
  return t.feed(new Model()).findings()[0]!;
}

test('locks that are taken in one helper show its callers, in sites, chain and words', () => {
  const first = `${HELPER} < /app/shop.ts:9 < /app/shop.ts:20`;
  const second = `${HELPER} < /app/shop.ts:11 < /app/shop.ts:20`;
  const finding = crossed([first, first, second, second]);
  assert.equal(finding.kind, 'lock-cycle');
  assert.deepEqual(
    finding.sites.map((site) => [site.role, at(site), site.frames.map(at)]),
    [
      ['waits', 'shop.ts:11', ['locks.ts:5', 'shop.ts:11', 'shop.ts:20']],
      ['acquired', 'shop.ts:9', ['locks.ts:5', 'shop.ts:9', 'shop.ts:20']],
      ['waits', 'shop.ts:11', ['locks.ts:5', 'shop.ts:11', 'shop.ts:20']],
      ['acquired', 'shop.ts:9', ['locks.ts:5', 'shop.ts:9', 'shop.ts:20']],
    ],
  );
  const [link] = finding.chain;
  assert.deepEqual([at(link!.site!), at(link!.blockedBy[0]!.site!)], ['shop.ts:11', 'shop.ts:9']);
  assert.match(link!.text, /at shop\.ts:11 through locks\.ts:5, held by two since shop\.ts:9 through/);
});

test('where wait and acquisition are on lines of their own, these are shown, whoever calls', () => {
  const finding = crossed([
    '/app/a.ts:1 < /app/one.ts:5',
    '/app/a.ts:1 < /app/two.ts:5',
    '/app/a.ts:2 < /app/one.ts:5',
    '/app/a.ts:2 < /app/two.ts:5',
  ]);
  assert.deepEqual(new Set(finding.sites.map(at)), new Set(['a.ts:1', 'a.ts:2']));
  assert.doesNotMatch(finding.chain[0]!.text, /through/);
});

test('where no thread alone tells its places apart, the threads are', () => {
  const [one, two] = [`${HELPER} < /app/one.ts:1`, `${HELPER} < /app/two.ts:1`];
  const finding = crossed([one, two, one, two]);
  assert.deepEqual(new Set(finding.sites.map(at)), new Set(['one.ts:1', 'two.ts:1']));
});

test('equal stacks everywhere, and traces without callers, show the nearest line', () => {
  const stack = `${HELPER} < /app/one.ts:1`;
  for (const site of [stack, HELPER])
    assert.deepEqual(new Set(crossed([site, site, site, site]).sites.map(at)), new Set(['locks.ts:5']));
});
