import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program, run, runTraced, temporaryDirectory } from './helpers.ts';
import { modelOf } from './stdio-helpers.ts';

test('a process is called what its environment, its title or its own call says, and sees nothing of it', async (t) => {
  const cwd = temporaryDirectory(t);
  const file = program(
    cwd,
    'main.cjs',
    `const { fork } = require('node:child_process');
const { channel } = require('node:diagnostics_channel');
const what = process.argv[2];
if (!what) {
  for (const each of ['env', 'title', 'call']) fork(__filename, [each], each === 'env' ? { env: { ...process.env, FORKSCOPE_NAME: 'by env' } } : {});
} else {
  if (what === 'title') process.title = 'by title';
  if (what === 'call') {
    const named = channel('forkscope:named');
    if (named.hasSubscribers) for (const message of [null, { v: 1, name: 5 }, { v: 1, name: 'by call' }]) named.publish(message);
  }
  console.log(what, process.title === (what === 'title' ? 'by title' : 'node') || process.title);
}`,
  );
  const plain = await run(process.execPath, [file], { cwd });
  const { trace, dir, ...traced } = await runTraced(t, process.execPath, [file], { cwd });
  const sorted = ({ stdout, ...rest }: typeof plain) => ({ ...rest, stdout: stdout.split('\n').sort() });
  assert.deepEqual(sorted(traced), sorted(plain));
  assert.deepEqual(
    modelOf(dir)
      .processes()
      .map(({ name }) => name)
      .sort(),
    ['by call', 'by env', 'by title', 'main.cjs'],
  );
});
