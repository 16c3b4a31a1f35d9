import assert from 'node:assert/strict';
import { readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { UserError } from '../../src/session/core/user-error.ts';
import { stableFiles, sweepStableFiles } from '../../src/session/files/stable-files.ts';
import { files, scratch } from './support.ts';

const LONG_AGO = new Date(Date.now() - 40 * 24 * 3600 * 1000);

test('each content has a folder of its own, and a rebuild leaves running programs alone', (t) => {
  const bundles = scratch(t);
  const cache = scratch(t);
  files(bundles, { 'shim.cjs': '1', 'runtime.cjs': 'r' });
  const first = stableFiles(bundles, cache);
  assert.equal(stableFiles(bundles, cache), first);
  files(bundles, { 'shim.cjs': '2' });
  const second = stableFiles(bundles, cache);
  assert.notEqual(second, first);
  assert.equal(readFileSync(path.join(first, 'shim.cjs'), 'utf8'), '1');
  assert.equal(readFileSync(path.join(second, 'shim.cjs'), 'utf8'), '2');
  assert.equal(readFileSync(path.join(second, 'runtime.cjs'), 'utf8'), 'r');
});

test('an unused set is emptied, but a preload that some process may still name stays loadable', (t) => {
  const bundles = scratch(t);
  const cache = scratch(t);
  files(bundles, { 'shim.cjs': 'old', 'runtime.cjs': 'same' });
  const old = stableFiles(bundles, cache);
  files(bundles, { 'shim.cjs': 'new' });
  const current = stableFiles(bundles, cache);
  sweepStableFiles(cache);
  assert.equal(readFileSync(path.join(old, 'shim.cjs'), 'utf8'), 'old', 'used just now');
  utimesSync(path.join(old, 'used'), LONG_AGO, LONG_AGO);
  sweepStableFiles(cache);
  assert.equal(statSync(path.join(old, 'shim.cjs')).size, 0);
  assert.equal(readFileSync(path.join(current, 'runtime.cjs'), 'utf8'), 'same', 'shared content is kept');
  files(bundles, { 'shim.cjs': 'old' });
  assert.equal(stableFiles(bundles, cache), old);
  assert.equal(
    readFileSync(path.join(old, 'shim.cjs'), 'utf8'),
    'old',
    'who comes back gets a whole set again',
  );
});

test('without a place to write, the built files are used where they are', (t) => {
  const bundles = scratch(t);
  files(bundles, { 'shim.cjs': '1', file: '' });
  assert.equal(stableFiles(bundles, undefined), bundles);
});

test('a folder without the shim is refused in words', (t) => {
  const bundles = scratch(t);
  assert.throws(
    () => stableFiles(bundles, bundles),
    (error) => error instanceof UserError && error.code === 'notBuilt',
  );
});

test('a set that was left half written is completed before it is used', (t) => {
  const bundles = scratch(t);
  const cache = scratch(t);
  files(bundles, { 'shim.cjs': '1', 'runtime.cjs': '2' });
  const folder = stableFiles(bundles, cache);
  rmSync(path.join(folder, 'used'));
  rmSync(path.join(folder, 'runtime.cjs'));
  assert.equal(stableFiles(bundles, cache), folder);
  assert.equal(readFileSync(path.join(folder, 'runtime.cjs'), 'utf8'), '2');
});
