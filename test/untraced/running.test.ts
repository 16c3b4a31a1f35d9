import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { runningPrograms } from '../../src/untraced/index.ts';
import { startProgram } from './support.ts';

const LINUX = { skip: process.platform !== 'linux' };
const STANDS =
  "console.log('@hang'); setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 50);";
const TREE = `
const { fork, spawn } = require('node:child_process');
if (process.argv[2]) setInterval(() => {}, 1e9);
else {
  for (let i = 0; i < 2; i++) fork(__filename, ['child']);
  spawn('sleep', ['1000'], { stdio: 'ignore' }).once('spawn', () => console.log('@hang'));
}`;

test('a program that sleeps in shared memory comes first, and says so', LINUX, async (t) => {
  const program = await startProgram(t, STANDS);
  // On a busy machine it may take a moment until it sleeps.
  for (;;) {
    const list = await runningPrograms({ without: [] });
    const found = list.find(({ pid }) => pid === program.pid);
    assert.ok(found, 'it is listed');
    if (found.condition !== 'stands') continue;
    assert.equal(found.stands, 'memory');
    assert.equal(found.barrier, null);
    assert.equal(found.traced, false);
    assert.match(found.name, new RegExp(`^program\\.cjs \\(${program.pid}\\)$`));
    assert.equal(found.cwd, process.cwd());
    assert.ok(list.slice(0, list.indexOf(found)).every(({ condition }) => condition === 'stands'));
    break;
  }
});

test('a tree is one program with all of its processes', LINUX, async (t) => {
  const program = await startProgram(t, TREE);
  for (;;) {
    const list = await runningPrograms({ without: [] });
    const [found, ...others] = list.filter(({ command }) => command.includes(program.file));
    assert.equal(found?.pid, program.pid);
    assert.deepEqual(others, []);
    if (found?.processes === 4) break;
  }
  const without = await runningPrograms({ without: [path.dirname(program.file)] });
  assert.ok(!without.some(({ pid }) => pid === program.pid));
});

test('Forkscope’s own launcher is none, and the program below it is', LINUX, async (t) => {
  const cli = path.resolve(import.meta.dirname, '../../dist/cli.js');
  const program = await startProgram(t, STANDS);
  const launcher = spawn(process.execPath, [cli, 'run', '--no-report', program.file], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, TMPDIR: path.dirname(program.file) },
  });
  t.after(() => launcher.kill());
  await once(launcher.stdout, 'data');
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'look']);
  const { programs } = JSON.parse(stdout) as {
    programs: { pid: number; command: string; traced: boolean }[];
  };
  assert.ok(!programs.some(({ command }) => command.includes(cli)), stdout);
  const traced = programs.filter(({ command, pid }) => command.includes(program.file) && pid !== program.pid);
  assert.deepEqual(
    traced.map((one) => one.traced),
    [true],
  );
});
