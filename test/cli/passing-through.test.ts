import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { files, scratch, until } from '../session/support.ts';
import { readReport, run } from './support.ts';

const posixOnly = { skip: process.platform === 'win32' ? 'needs signals' : false };

test('arguments, stdin, working folder and binary stdout are the program’s own', async (t) => {
  const dir = scratch(t);
  files(dir, {
    'main.cjs': `
      process.stdin.on('data', (chunk) => process.stdout.write(chunk));
      process.stdin.on('end', () => {
        process.stdout.write(Buffer.from([0, 255, 10]));
        console.log(JSON.stringify([process.argv.slice(2), process.cwd()]));
      });`,
  });
  const args = ['--json', '--', '-x', 'a b', '--no-report', '$HOME'];
  const ran = run(t, ['--no-report', '--cwd', dir, 'main.cjs', ...args], { stdin: 'typed' });
  const chunks: Buffer[] = [];
  ran.child.stdout?.on('data', (chunk) => chunks.push(chunk));
  assert.equal((await ran.ended).code, 0, ran.err());
  const expected = Buffer.concat([
    Buffer.from('typed'),
    Buffer.from([0, 255, 10]),
    Buffer.from(`${JSON.stringify([args, realpathSync(dir)])}\n`),
  ]);
  assert.deepEqual(Buffer.concat(chunks), expected);
  assert.equal(ran.err(), '');
});

test('the exit code comes back, a signal as 128 + its number', posixOnly, async (t) => {
  for (const [script, code] of [
    ['process.exit(7)', 7],
    ['', 0],
    ["process.kill(process.pid, 'SIGTERM')", 143],
  ] as const) {
    const dir = scratch(t);
    files(dir, { 'main.mjs': `${script}\nsetTimeout(() => {}, ${script.includes('kill') ? 60_000 : 0})` });
    assert.equal((await run(t, ['--no-report', path.join(dir, 'main.mjs')]).ended).code, code, script);
  }
});

test('the tool gives way to the program, whose priority stays', async (t) => {
  const dir = scratch(t);
  files(dir, {
    'main.cjs': `
      const { getPriority } = require('node:os');
      const seen = setInterval(() => {
        if (getPriority(process.ppid) < ${os.constants.priority.PRIORITY_BELOW_NORMAL}) return;
        clearInterval(seen);
        const child = require('node:child_process').fork(__dirname + '/child.cjs');
        child.on('message', (priority) => console.log(getPriority(), priority));
      });`,
    'child.cjs': `process.send(require('node:os').getPriority(), () => process.disconnect())`,
  });
  const ran = run(t, ['--no-report', path.join(dir, 'main.cjs')]);
  assert.equal((await ran.ended).code, 0, ran.err());
  assert.equal(ran.out(), `${os.getPriority()} ${os.getPriority()}\n`);
});

test('any command runs after --, and a Node below a shell joins the tree', posixOnly, async (t) => {
  const dir = scratch(t);
  const json = path.join(dir, 'out.json');
  const command = `"${process.execPath}" -e "console.log('inner')"; exit 9`;
  const ran = run(t, ['--json', json, '--', 'sh', '-c', command]);
  assert.equal((await ran.ended).code, 9, ran.err());
  assert.equal(ran.out(), 'inner\n');
  assert.match(ran.err(), /node/);
});

test('a command with --permission runs as without the tracer, and is traced', async (t) => {
  const dir = scratch(t);
  const json = path.join(dir, 'out.json');
  const flags = ['--permission', '--experimental-permission'];
  const flag = flags.find((name) => process.allowedNodeEnvironmentFlags.has(name)) ?? '';
  const code = `console.log(process.permission.has('fs.read', __filename));
    process.exitCode = require('node:child_process').spawnSync(process.execPath, ['-e', 'process.exit(3)']).status;`;
  const program = [process.execPath, flag, '--allow-child-process', '--no-warnings', '-e', code];
  const ran = run(t, ['--no-report', '--json', json, '--', ...program]);
  assert.deepEqual([(await ran.ended).code, ran.out()], [3, 'false\n'], ran.err());
  assert.deepEqual(
    readReport(json).processes.map((p) => [p.instrumented, p.exitCode]),
    [
      [true, 3],
      [true, 3],
    ],
  );
});

const COUNTER = `
let seen = 0;
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => console.log(signal, ++seen));
console.log('ready');
process.stdin.resume();
process.stdin.on('end', () => process.exit(seen));
`;
for (const to of ['the tool alone', 'the whole group'] as const) {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`${signal} to ${to} reaches the program once`, posixOnly, async (t) => {
      const dir = scratch(t);
      files(dir, { 'main.cjs': COUNTER });
      const ran = run(t, ['--no-report', path.join(dir, 'main.cjs')], { stdin: null });
      const pid = ran.child.pid as number;
      await until('the program listens', () => ran.out().includes('ready'));
      process.kill(to === 'the tool alone' ? pid : -pid, signal);
      await until('the signal has arrived', () => ran.out().includes(signal));
      // A second one would come from the tool, which waits a moment before it hands a signal on.
      await sleep(700);
      ran.child.stdin?.end();
      assert.equal((await ran.ended).code, 1);
      assert.equal(ran.out(), `ready\n${signal} 1\n`);
    });
  }
}
