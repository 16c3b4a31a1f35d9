import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../runtime/run-program.ts';
import { render } from './render.ts';
import { PORTED } from './table.ts';

const PAGE = path.join(ROOT, 'docs', 'cpython.md');

// FORKSCOPE_UPDATE_CPYTHON=1 writes the page.
test('docs/cpython.md is what the table says', () => {
  if (process.env.FORKSCOPE_UPDATE_CPYTHON === '1') writeFileSync(PAGE, render());
  assert.equal(readFileSync(PAGE, 'utf8'), render());
});

test('no test is named twice', () => {
  const names = Object.values(PORTED).flat();
  assert.equal(new Set(names).size, names.length);
});
