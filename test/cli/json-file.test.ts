import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { files, scratch, start, until } from '../session/support.ts';
import { CLI, cleanEnvironment, cli, readReport, run } from './support.ts';

const posixOnly = { skip: process.platform === 'win32' ? 'needs FIFOs and /dev' : false };

test('--json writes the file that a link leads to, and leaves the link', posixOnly, async (t) => {
  const dir = scratch(t);
  files(dir, { 'main.cjs': '', 'real.json': 'old' });
  symlinkSync('real.json', path.join(dir, 'link.json'));
  const ran = run(t, ['--no-report', '--json', 'link.json', 'main.cjs'], { cwd: dir });
  assert.equal((await ran.ended).code, 0, ran.err());
  assert.ok(lstatSync(path.join(dir, 'link.json')).isSymbolicLink());
  assert.equal(readReport(path.join(dir, 'real.json')).version, 1);
});

test('--json into a FIFO or a device goes there, and never takes its place', posixOnly, async (t) => {
  const dir = scratch(t);
  files(dir, { 'main.cjs': "console.log('own')" });
  const fifo = path.join(dir, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const reader = start(t, 'cat', [fifo], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ran = run(t, ['--no-report', '--json', fifo, '--trace', path.join(dir, 'trace'), 'main.cjs'], {
    cwd: dir,
  });
  assert.equal((await ran.ended).code, 0, ran.err());
  await until('the reader has all', () => reader.out().endsWith('}\n'));
  assert.equal(JSON.parse(reader.out()).version, 1);
  assert.ok(lstatSync(fifo).isFIFO());
  const nowhere = cli(t, ['report', path.join(dir, 'trace'), '--json', '/dev/null']);
  assert.equal((await nowhere.ended).code, 0, nowhere.err());
  assert.ok(lstatSync('/dev/null').isCharacterDevice());
});

test('--json /dev/stdout follows what the program wrote, also into a file', posixOnly, async (t) => {
  const dir = scratch(t);
  files(dir, { 'main.cjs': "console.log('own')" });
  const tool = [process.execPath, CLI];
  const through = (redirection: string) =>
    execFileSync(
      'sh',
      ['-c', `"$0" "$1" run --no-report --json /dev/stdout main.cjs ${redirection}`, ...tool],
      {
        cwd: dir,
        encoding: 'utf8',
        env: cleanEnvironment(scratch(t)),
      },
    );
  assert.match(through('| cat'), /^own\n\{\n/);
  const out = path.join(dir, 'out.txt');
  through('> out.txt');
  const text = readFileSync(out, 'utf8');
  assert.match(text, /^own\n\{\n/);
  assert.equal(JSON.parse(text.slice(4)).version, 1);
});

test('report --json - is stdout, as --json alone', async (t) => {
  const dir = scratch(t);
  files(dir, { 'main.cjs': '' });
  const trace = path.join(dir, 'trace');
  await run(t, ['--no-report', '--trace', trace, 'main.cjs'], { cwd: dir }).ended;
  const ran = cli(t, ['report', trace, '--json', '-'], { cwd: dir });
  assert.equal((await ran.ended).code, 0, ran.err());
  assert.equal(JSON.parse(ran.out()).version, 1);
  assert.equal(existsSync(path.join(dir, '-')), false);
});
