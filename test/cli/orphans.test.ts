import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { files, scratch } from '../session/support.ts';
import { readReport, run } from './support.ts';

/** `cat` ends when its input does, which is a moment after its parent, and long before anybody has looked from outside. */
const HELPER = `
const { spawn } = require('node:child_process');
spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] }).on('spawn', () => process.exit(0));
`;

test('a child that ends a moment after its parent has an end, and is not said to run on', {
  skip: process.platform === 'win32' && 'only on systems with cat',
}, async (t) => {
  const dir = scratch(t);
  files(dir, { 'main.cjs': HELPER });
  const json = path.join(dir, 'out.json');
  const ran = run(t, ['--json', json, path.join(dir, 'main.cjs')]);
  assert.equal((await ran.ended).code, 0, ran.err());
  assert.doesNotMatch(ran.err(), /still running/);
  const child = readReport(json).processes.find(({ name }) => name === 'cat');
  assert.equal(typeof child?.end, 'number');
});
