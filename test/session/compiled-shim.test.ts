import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { codeCacheName } from '../../src/base/code-cache.ts';
import { compileShim } from '../../src/session/launch/compiled-shim.ts';
import { findNode } from '../../src/session/node/node.ts';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const CACHE = codeCacheName(process.execPath, process.versions.node);

/** A folder with the built files of the shim; removed after the test. */
function shimFolder(t: { after(fn: () => void): void }): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'forkscope-compiled-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['shim.cjs', 'core-shim.cjs', 'make-shim-cache.cjs'])
    copyFileSync(path.join(DIST, name), path.join(folder, name));
  return folder;
}

/** Runs a program under the shim of `folder`; what it printed, and the streams that it wrote. */
function runTraced(folder: string, code: string): { stdout: string; streams: string[] } {
  const dir = path.join(folder, 'trace');
  mkdirSync(dir, { recursive: true });
  const shim = path.join(folder, 'shim.cjs');
  const origin = String(process.hrtime.bigint());
  const session = JSON.stringify({ dir, session: 's', origin, shim, options: {} });
  const env = { ...process.env, NODE_OPTIONS: `--require "${shim}"`, FORKSCOPE_SESSION: session };
  const stdout = execFileSync(process.execPath, ['-e', code], { env, encoding: 'utf8' });
  return { stdout, streams: readdirSync(dir).filter((name) => name.endsWith('.def')) };
}

test('the compiled shim is one that V8 takes, made once', async (t) => {
  const folder = shimFolder(t);
  const node = await findNode(process.execPath, folder, process.env);
  await compileShim(node, folder);
  const file = path.join(folder, 'core-shim.cjs');
  const cachedData = readFileSync(path.join(folder, CACHE));
  const script = new vm.Script(readFileSync(file, 'latin1'), { filename: file, cachedData });
  assert.equal(script.cachedDataRejected, false);
  assert.deepEqual(readdirSync(folder).sort(), [CACHE, 'core-shim.cjs', 'make-shim-cache.cjs', 'shim.cjs']);
  writeFileSync(path.join(folder, 'make-shim-cache.cjs'), 'throw new Error("not again")');
  await compileShim(node, folder);
  assert.deepEqual(readFileSync(path.join(folder, CACHE)), cachedData);
  assert.deepEqual(runTraced(folder, 'console.log(1)').stdout, '1\n');
});

test('compiled code that does not fit is left aside: the program runs, and is traced', async (t) => {
  const folder = shimFolder(t);
  await compileShim(await findNode(process.execPath, folder, process.env), folder);
  const whole = readFileSync(path.join(folder, CACHE));
  const unfit = [
    Buffer.alloc(0),
    Buffer.from('nonsense'),
    Buffer.alloc(whole.length),
    whole.subarray(0, -1000),
  ];
  for (const [index, data] of unfit.entries()) {
    writeFileSync(path.join(folder, CACHE), data);
    const { stdout, streams } = runTraced(folder, 'console.log(1)');
    assert.deepEqual([stdout, streams.length], ['1\n', index + 1]);
  }
});

test('a shim that cannot be compiled beforehand is no obstacle', async (t) => {
  const folder = shimFolder(t);
  const node = await findNode(process.execPath, folder, process.env);
  writeFileSync(path.join(folder, 'make-shim-cache.cjs'), 'process.exit(3)');
  await compileShim(node, folder);
  assert.ok(!readdirSync(folder).includes(CACHE));
  assert.equal(runTraced(folder, 'console.log(1)').streams.length, 1);
});

test('the shim itself is gone: the program runs untraced', (t) => {
  const folder = shimFolder(t);
  rmSync(path.join(folder, 'core-shim.cjs'));
  assert.deepEqual(runTraced(folder, 'console.log(1)'), { stdout: '1\n', streams: [] });
});

test('the environment and the module cache show nothing of it', (t) => {
  const folder = shimFolder(t);
  const code = `console.log(Object.keys(require.cache).map((f) => require('path').basename(f)), process.env.NODE_COMPILE_CACHE, typeof require('module').getCompileCacheDir?.())`;
  assert.equal(runTraced(folder, code).stdout, '[] undefined undefined\n');
});
