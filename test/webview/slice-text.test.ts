import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processCount } from '../../src/webview/core/slice-text.ts';

test('processes are counted, and those without a track told', () => {
  const of = (...instrumented: boolean[]) => processCount(instrumented.map((one) => ({ instrumented: one })));
  assert.equal(of(true), '1 process');
  assert.equal(of(true, true), '2 processes');
  assert.equal(of(true, false, false), '3 processes, 2 not traced');
  assert.equal(of(false), '1 process, 1 not traced');
});
