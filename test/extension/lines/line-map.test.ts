import assert from 'node:assert/strict';
import test from 'node:test';
import { lineMap } from '../../../src/extension/lines/line-map.ts';

const lines = (text: string) => [...text];
const moved = (before: string, now: string) => {
  const map = lineMap(lines(before), lines(now));
  return [...before].map((_, i) => map.get(i) ?? '-').join('');
};

test('lines of a text that nobody has edited stay', () => {
  assert.equal(moved('abcd', 'abcd'), '0123');
  assert.equal(moved('', ''), '');
});

test('lines move with what is written above them, and those that are changed are nowhere', () => {
  assert.equal(moved('abcd', 'xyabcd'), '2345');
  assert.equal(moved('abcd', 'abxcd'), '0134');
  assert.equal(moved('abcd', 'abXd'), '01-3');
  assert.equal(moved('abcd', 'acd'), '0-12');
  assert.equal(moved('abcd', 'b'), '-0--');
});

test('between two changes lines are found again', () => {
  assert.equal(moved('abcdef', 'aXcdYf'), '0-23-5');
  assert.equal(moved('abcdef', 'XXbcYYef'), '-23-67');
});

test('equal lines are not mistaken for each other', () => {
  // The second of the changed stretch may be the first one moved.
  assert.equal(moved('aPbPc', 'XPYPZ'), '-----');
  assert.equal(moved('(a)(b)', '(a)'), '012---');
});

test('lines that have changed places are found only as far as their order is the same', () => {
  const order = moved('abcdef', 'Xdeabc').replaceAll('-', '');
  assert.ok(
    [...order].every((to, i) => i === 0 || to > (order[i - 1] as string)),
    order,
  );
  assert.equal(order, '345');
});
