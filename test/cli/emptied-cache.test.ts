import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { discard } from '../discard.ts';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** Its copy of the runtime is emptied while it runs. */
const PROGRAM = `
import fs from 'node:fs';
import path from 'node:path';
import { isMain, Process } from 'forkscope';
export function work() {
  console.log('worked');
}
async function once() {
  const child = new Process({ target: work });
  await child.start();
  await child.join();
  console.log('exit code', child.exitCode);
}
async function main() {
  await once();
  const sets = path.join(process.env.FORKSCOPE_CACHE_DIR, 'node_modules');
  for (const set of fs.readdirSync(sets))
    for (const file of fs.readdirSync(path.join(sets, set)))
      if (/^(runtime|runtime-child)\\.cjs$/.test(file)) fs.truncateSync(path.join(sets, set, file));
  await once();
}
if (isMain(import.meta)) await main();
`;

test('a child that did not run, since its files were emptied, has not succeeded', (t) => {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'forkscope-emptied-')));
  t.after(() => discard(folder));
  const file = path.join(folder, 'program.mjs');
  writeFileSync(file, PROGRAM);
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [CLI, 'run', '--no-report', '--trace', path.join(folder, 'trace'), file],
    { encoding: 'utf8', env: { ...process.env, FORKSCOPE_CACHE_DIR: path.join(folder, 'cache') } },
  );
  assert.deepEqual(stdout.split('\n'), ['worked', 'exit code 0', 'exit code 1', ''], stderr);
  assert.match(stderr, /process Process-2 ended before the runtime began in it/);
});
