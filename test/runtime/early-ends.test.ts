import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { facts } from './facts.ts';
import { run, start } from './run-program.ts';

test('a child that ends before it opens its arguments lets go of them; a refusal from it keeps its class', async () => {
  assert.deepEqual(await facts('early-death.mts'), { end: 'EOFError', exitCode: 3, refused: true });
});

for (const [kind, error] of [
  ['manager', 'RemoteError'],
  ['executor', 'BrokenProcessPool'],
  ['pool', 'BrokenPoolError'],
] as const) {
  test(`an unguarded ${kind} is refused with help, and ends (row 44, 1.4-C)`, async () => {
    const { code, lines, stderr } = await run('unguarded-pool.mts', [kind]);
    assert.equal(code, 0, stderr);
    assert.equal(lines.at(-1), error, stderr);
    assert.match(stderr, /if \(isMain\(import\.meta\)\) await main\(\);/);
    assert.doesNotMatch(stderr, /daemonic/);
  });
}

test('[row 139] an initializer that cannot be found is a TargetError, one that fails says why', async () => {
  const fails = 'the initializer of a worker failed: RangeError: no disk';
  assert.deepEqual(await facts('early-initializer.mts'), { hidden: 'TargetError', fails });
});

test('an uncaught error is said before a long wait for children, once', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'forkscope-uncaught-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const said = path.join(folder, 'said');
  const program = start('uncaught.ts', [said]);
  let text = '';
  program.child.stderr?.on('data', (more) => {
    text += more;
    if (text.includes('this process ends when')) writeFileSync(said, '');
  });
  const { code, stderr } = await program.done;
  assert.equal(code, 1, stderr);
  assert.equal(stderr.match(/forkscope: uncaught RangeError: of main/g)?.length, 1, stderr);
  assert.match(stderr, /this process ends when its child process \S+ has ended/);
});
