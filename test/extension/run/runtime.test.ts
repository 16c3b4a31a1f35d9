import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { findRuntime, NoUsableNode, shellNode } from '../../../src/extension/run/runtime.ts';
import { discard } from '../../discard.ts';

const posix = process.platform === 'win32' ? { skip: 'shell scripts' } : {};

function scratch(t: { after(f: () => void): void }): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'forkscope-node-'));
  t.after(() => discard(dir));
  return dir;
}

function script(file: string, lines: string): string {
  writeFileSync(file, `#!/bin/sh\n${lines}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A Node that says it is old. */
const OLD = `echo '["/old/node","18.20.0",false,false]'`;

test('the node of PATH', posix, async (t) => {
  const dir = scratch(t);
  symlinkSync(process.execPath, path.join(dir, 'node'));
  const found = await findRuntime('', dir, { PATH: dir });
  assert.equal(found.version, process.versions.node);
});

test('no node in PATH: that of the login shell, whatever its start files print', posix, async (t) => {
  const dir = scratch(t);
  const shell = script(
    path.join(dir, 'sh'),
    `echo Welcome; echo forkscope-node=${process.execPath}; echo bye`,
  );
  const env = { PATH: path.join(dir, 'empty'), SHELL: shell };
  assert.equal(await shellNode(env, dir), process.execPath);
  assert.equal((await findRuntime('', dir, env)).version, process.versions.node);
});

test('an old node in PATH gives way to a newer one of the login shell', posix, async (t) => {
  const dir = scratch(t);
  script(path.join(dir, 'node'), OLD);
  const shell = script(path.join(dir, 'sh'), `echo forkscope-node=${process.execPath}`);
  const env = { PATH: `${dir}:/bin:/usr/bin`, SHELL: shell };
  assert.equal((await findRuntime('', dir, env)).version, process.versions.node);
});

test(
  'none, or only too old ones: an error that says so, without options of the command line',
  posix,
  async (t) => {
    const dir = scratch(t);
    const shell = script(path.join(dir, 'sh'), 'echo nothing here; exit 1');
    await assert.rejects(
      findRuntime('', dir, { PATH: path.join(dir, 'empty'), SHELL: shell }),
      (error: Error) => {
        assert.ok(error instanceof NoUsableNode);
        assert.match(error.message, /needs Node\.js 20 or newer: no Node found/);
        assert.doesNotMatch(error.message, /--node/);
        return true;
      },
    );
    script(path.join(dir, 'node'), OLD);
    await assert.rejects(
      findRuntime('', dir, { PATH: `${dir}:/bin` }),
      /Node 18\.20\.0 \(\/old\/node\) is too old/,
    );
  },
);

test('the setting is used as it is, or refused by name: no other Node is taken instead', posix, async (t) => {
  const dir = scratch(t);
  const env = { PATH: path.dirname(process.execPath) };
  assert.equal((await findRuntime(process.execPath, dir, env)).version, process.versions.node);
  await assert.rejects(
    findRuntime(path.join(dir, 'none'), dir, env),
    /forkscope\.runtimeExecutable.*no Node found/,
  );
  const other = script(path.join(dir, 'other'), 'echo hello');
  await assert.rejects(findRuntime(other, dir, env), /does not answer like a Node/);
});
