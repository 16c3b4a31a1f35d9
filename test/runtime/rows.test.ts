import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT } from './run-program.ts';

// test/fixtures/rows.json: the behaviours of Python's multiprocessing, N as they are, A adapted, X not in JavaScript.

interface Row {
  readonly row: number;
  readonly behaviour: string;
  readonly node: 'N' | 'A' | 'X';
  readonly adaptation?: string;
  readonly reason?: string;
}
const rows = JSON.parse(readFileSync(path.join(ROOT, 'test/fixtures/rows.json'), 'utf8')) as readonly Row[];

/** `[rows 1, 2]`, `(rows 15–17, 20; S01)`, `(row 12, better than Python)` … in the name of a test. */
function citedBy(name: string): number[] {
  const cited: number[] = [];
  for (const [, list = ''] of name.matchAll(/\brows? ([\d, –-]+(?:and \d+)?)/g)) {
    for (const [, from, to] of list.matchAll(/(\d+)(?:\s*[–-]\s*(\d+))?/g)) {
      for (let row = Number(from); row <= Number(to ?? from); row++) cited.push(row);
    }
  }
  return cited;
}

/** Which test files cite each row in the names of their tests. */
function citations(): Map<number, Set<string>> {
  const found = new Map<number, Set<string>>();
  const files = readdirSync(path.join(ROOT, 'test'), { recursive: true }) as string[];
  for (const file of files) {
    if (!file.endsWith('.test.ts') || file.includes('node_modules')) continue;
    const source = readFileSync(path.join(ROOT, 'test', file), 'utf8');
    for (const [, , name = ''] of source.matchAll(/\b(?:test|it)\(\s*(['"`])((?:(?!\1).)*)\1/g)) {
      for (const row of citedBy(name)) found.set(row, (found.get(row) ?? new Set()).add(file));
    }
  }
  return found;
}

test('the table has all 202 rows, and a reason for each that does not translate', () => {
  assert.deepEqual(
    rows.map(({ row }) => row),
    Array.from({ length: 202 }, (_, i) => i + 1),
  );
  const bare = rows.filter(({ node, reason }) => (node === 'X') !== ((reason ?? '') !== ''));
  assert.deepEqual(bare, []);
});

test('every other row is cited by the name of a test', () => {
  const cited = citations();
  const missing = rows.filter(({ row, node }) => node !== 'X' && !cited.has(row));
  assert.deepEqual(
    missing.map(({ row, behaviour }) => `${row}: ${behaviour}`),
    [],
  );
});

test('ranges and lists of rows are read as they are meant', () => {
  assert.deepEqual(citedBy('[rows 1, 3–5] and (row 9, better)'), [1, 3, 4, 5, 9]);
  assert.deepEqual(citedBy('(rows 50, 51; S05)'), [50, 51]);
  assert.deepEqual(citedBy('no rows here, 5 of them'), []);
});
