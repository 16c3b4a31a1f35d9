import assert from 'node:assert/strict';
import { test } from 'node:test';
import { files, scratch, start } from '../session/support.ts';
import { cleanEnvironment, cli } from './support.ts';

const ARGS = ['--test', '--experimental-test-coverage', '--test-reporter=tap', 'a.test.mjs', 'b.test.mjs'];

test('the coverage of node --test is that of the program: the shim is not part of it', async (t) => {
  const dir = scratch(t);
  const text = (n: string) => `import test from 'node:test';\ntest('${n}', () => {});\n`;
  files(dir, { 'a.test.mjs': text('a'), 'b.test.mjs': text('b') });
  const env = cleanEnvironment(dir);
  const plain = start(t, process.execPath, ARGS, { cwd: dir, env });
  const traced = cli(t, ['run', '--no-report', '--', process.execPath, ...ARGS], { cwd: dir });
  const ends = [await plain.ended, await traced.ended];
  const timeless = (output: string) => output.replaceAll(/duration_ms.*/g, '');
  assert.match(plain.out(), /coverage report/);
  assert.equal(timeless(traced.out()), timeless(plain.out()));
  assert.deepEqual(ends[1], ends[0], traced.err());
});
