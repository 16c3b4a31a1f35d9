import assert from 'node:assert/strict';
import test from 'node:test';
import { latestRuns, marksOf } from '../../../src/extension/problems/marks.ts';
import type { ChainLink, FindingSite } from '../../../src/model/types/index.ts';
import { findingView } from '../../views.ts';

const at = (line: number) => ({ file: '/app/bank.ts', line, column: 9, fn: '', sampled: false, frames: [] });
const link = (process: string, line: number | null): ChainLink => ({
  process,
  thread: process,
  task: 0,
  waitKind: 'waitAcquire',
  source: null,
  resource: 'A',
  since: 1e9,
  site: line === null ? null : at(line),
  blockedBy: [],
  text: `${process} waits for a lock`,
});
const acquired = (line: number): FindingSite => ({
  ...at(line),
  role: 'acquired',
  process: '1-a',
  thread: '1-a',
  resource: 'A',
  time: 1,
});
const names = (id: string) => (id === '1-a' ? 'alice' : id);

test('each line that waits is marked, with the other lines and what happens there', () => {
  const chain = [link('alice', 10), link('bob', 20)];
  const [first, second, ...rest] = marksOf(findingView({ chain, sites: [acquired(5)] }), names);
  assert.deepEqual(rest, []);
  assert.deepEqual([first?.site.line, second?.site.line], [10, 20]);
  assert.equal(first?.severity, 'error');
  assert.match(
    first?.message ?? '',
    /^a and b wait for each other\nalice waits for a lock\nHow to mend it: Take the locks in one order\.$/,
  );
  assert.deepEqual(
    first?.related.map(({ site, text }) => [site.line, text]),
    [
      [20, 'bob waits for a lock'],
      [5, 'alice took it here'],
    ],
  );
});

test('two that wait at the same line are one mark, which tells both', () => {
  const [only, ...rest] = marksOf(findingView({ chain: [link('alice', 10), link('bob', 10)] }), names);
  assert.deepEqual(rest, []);
  assert.match(only?.message ?? '', /alice waits for a lock\nbob waits for a lock/);
  assert.deepEqual(only?.related, []);
});

test('without a line that waits the first one that is known is marked; without any none is', () => {
  const sites = [acquired(5), acquired(7)];
  const finding = findingView({ chain: [link('alice', null)], sites, certainty: 'suspected' });
  const marks = marksOf(finding, names);
  assert.deepEqual(
    marks.map(({ site, severity, related }) => [site.line, severity, related.map((r) => r.site.line)]),
    [[5, 'warning', [7]]],
  );
  assert.deepEqual(marksOf(findingView(), names), []);
});

test('a hazard that has done no harm yet is information, one that is proven a warning', () => {
  const severity = (certainty: 'certain' | 'suspected') =>
    marksOf(findingView({ blocking: false, certainty, sites: [acquired(5)] }), names)[0]?.severity;
  assert.deepEqual([severity('suspected'), severity('certain')], ['information', 'warning']);
});

test('a later run takes the place of an earlier one of the same program', () => {
  const run = (dir: string, name: string, script?: string) => ({ dir, name, script });
  const sessions = [
    run('1', 'a.ts', '/app/a.ts'),
    run('2', 'a.ts', '/other/a.ts'),
    run('3', 'opened'),
    run('4', 'a.ts', '/app/a.ts'),
  ];
  assert.deepEqual(
    latestRuns(sessions).map(({ dir }) => dir),
    ['2', '3', '4'],
  );
});
