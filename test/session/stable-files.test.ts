import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { UserError } from '../../src/session/core/user-error.ts';
import { cacheFolder } from '../../src/session/files/cache-folder.ts';
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

test('everybody can read what programs load, whatever the mask, and nobody else can write it', {
  skip: process.platform === 'win32' && 'no modes',
}, (t) => {
  const bundles = scratch(t);
  const cache = scratch(t);
  files(bundles, { 'shim.cjs': '1', 'runtime.cjs': '2' });
  const mask = process.umask(0o077);
  try {
    const folder = stableFiles(bundles, cache);
    for (const name of ['shim.cjs', 'runtime.cjs'])
      assert.equal(statSync(path.join(folder, name)).mode & 0o777, 0o644);
    for (const way of [folder, path.dirname(folder), cache]) assert.equal(statSync(way).mode & 0o777, 0o755);
    chmodSync(folder, 0o700);
    assert.equal(statSync(stableFiles(bundles, cache)).mode & 0o777, 0o755);
  } finally {
    process.umask(mask);
  }
});

test('a place is preferred that other users can reach', {
  skip: process.platform === 'win32' && 'no modes',
}, (t) => {
  const home = scratch(t);
  const open = path.join(home, 'open');
  const closed = path.join(home, 'closed');
  for (const folder of [open, closed]) mkdirSync(folder);
  chmodSync(home, 0o755);
  chmodSync(open, 0o755);
  chmodSync(closed, 0o700);
  const isRoot = process.getuid?.() === 0;
  if (!isRoot) assert.equal(cacheFolder({ XDG_CACHE_HOME: open }), path.join(open, 'forkscope'));
  const elsewhere = cacheFolder({ XDG_CACHE_HOME: closed }) ?? '';
  assert.ok(!elsewhere.startsWith(closed), elsewhere);
  assert.equal(cacheFolder({ FORKSCOPE_CACHE_DIR: closed }), closed, 'what is chosen is taken');
});

test('what is emptied says so where its silence would look like success', (t) => {
  const bundles = scratch(t);
  const cache = scratch(t);
  files(bundles, { 'shim.cjs': 'old', 'runtime-child.cjs': '0' });
  const folder = stableFiles(bundles, cache);
  utimesSync(path.join(folder, 'used'), LONG_AGO, LONG_AGO);
  sweepStableFiles(cache);
  const child = spawnSync(process.execPath, [path.join(folder, 'runtime-child.cjs')], { encoding: 'utf8' });
  assert.equal(child.status, 1);
  assert.match(child.stderr, /Forkscope has removed this copy of its files/);
  assert.equal(
    spawnSync(process.execPath, ['--require', path.join(folder, 'shim.cjs'), '-e', '0']).status,
    0,
  );
});

test('a set stays that a process names, or that no sweep before has found unused', (t) => {
  const bundles = scratch(t);
  const cache = scratch(t);
  files(bundles, { 'shim.cjs': 'old' });
  const folder = stableFiles(bundles, cache);
  utimesSync(path.join(folder, 'used'), LONG_AGO, LONG_AGO);
  sweepStableFiles(cache, { isNamed: (named) => named === folder });
  sweepStableFiles(cache, { confirm: () => false });
  assert.equal(readFileSync(path.join(folder, 'shim.cjs'), 'utf8'), 'old');
});
