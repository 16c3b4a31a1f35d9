import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import { wrapperScript } from '../../../src/extension/terminals/wrapper.ts';
import { scratch } from '../../session/support.ts';

const isPosix = process.platform !== 'win32';

/** A `node` of a traced terminal, whose command line tool only says with what it was started. */
function terminal(t: TestContext) {
  const root = scratch(t);
  const folder = path.join(root, "it's here");
  const real = path.join(root, 'real');
  for (const made of [folder, real]) mkdirSync(made, { recursive: true });
  symlinkSync(process.execPath, path.join(real, 'node'));
  const cli = path.join(root, 'cli.js');
  writeFileSync(cli, 'console.log(JSON.stringify(process.argv.slice(2)))');
  const write = (tool = cli) => {
    const text = wrapperScript({
      folder,
      runtime: process.execPath,
      cli: tool,
      options: ['--traces', 'a b'],
    });
    writeFileSync(path.join(folder, 'node'), text);
    chmodSync(path.join(folder, 'node'), 0o700);
  };
  write();
  const PATH = [folder, real, '/usr/bin', '/bin'].join(path.delimiter);
  const run = (env: NodeJS.ProcessEnv = {}, path_ = PATH, ...args: string[]) =>
    spawnSync(path.join(folder, 'node'), args.length > 0 ? args : ['-p', '"the program"'], {
      env: { PATH: path_, ...env },
      encoding: 'utf8',
    });
  return { run, write, real: path.join(real, 'node'), folder, PATH };
}

test('a command is run under trace, on the Node that is next in PATH, with its arguments as they are', {
  skip: !isPosix,
}, (t) => {
  const { run, real, PATH } = terminal(t);
  const { stdout } = run({}, PATH, '-e', 'a  "b" $c', "d'e");
  assert.deepEqual(JSON.parse(stdout), [
    'run',
    '--traces',
    'a b',
    '--node',
    real,
    '--',
    real,
    '-e',
    'a  "b" $c',
    "d'e",
  ]);
});

test('it is just Node in a session, below a debugger, and when the tool is gone', { skip: !isPosix }, (t) => {
  const { run, write } = terminal(t);
  for (const name of ['FORKSCOPE_SESSION', 'VSCODE_INSPECTOR_OPTIONS'])
    assert.equal(run({ [name]: '{}' }).stdout, 'the program\n', name);
  write('/nowhere/cli.js');
  assert.equal(run().stdout, 'the program\n');
});

test('a Node that is too old runs untraced, and where there is none it says so', { skip: !isPosix }, (t) => {
  const { run, real, folder } = terminal(t);
  const old = path.join(path.dirname(real), '..', 'old');
  mkdirSync(old);
  writeFileSync(path.join(old, 'node'), '#!/bin/sh\n[ "$1" = -v ] && echo v18.20.1 || echo old\n');
  chmodSync(path.join(old, 'node'), 0o700);
  assert.equal(run({}, [folder, old, '/bin'].join(path.delimiter)).stdout, 'old\n');
  const without = run({}, folder);
  assert.equal(without.status, 127);
  assert.match(without.stderr, /node: not found/);
});
