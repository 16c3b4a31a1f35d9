import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { files, type Ran, ROOT, scratch, start, until } from '../session/support.ts';
import { CLI, cleanEnvironment, EXAMPLES, run } from './support.ts';

const hasScript = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;
const onTerminal = { skip: hasScript ? false : 'needs util-linux’ script for a pseudo terminal' };

/** Runs the tool on a pseudo terminal; what is written to stdin is typed. */
function typed(t: TestContext, args: readonly string[], term = 'xterm'): Ran {
  const words = [process.execPath, CLI, 'run', '--node', process.execPath, ...args].map(
    (word) => `'${word}'`,
  );
  return start(t, 'script', ['-qfec', `stty rows 30 cols 120; exec ${words.join(' ')}`, '/dev/null'], {
    cwd: ROOT,
    env: { ...cleanEnvironment(scratch(t)), SHELL: '/bin/sh', TERM: term },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

test(
  'the program has the terminal: it is one, has a size, reads raw keys, and gets Ctrl-C once',
  onTerminal,
  async (t) => {
    const dir = scratch(t);
    files(dir, {
      'main.cjs': `
      let seen = 0;
      process.on('SIGINT', () => console.log('interrupted ' + ++seen));
      console.log([process.stdin.isTTY, process.stdout.isTTY, process.stderr.isTTY, process.stdout.columns].join());
      process.stdin.setRawMode(true);
      process.stdin.on('data', (key) => {
        if (String(key) === 'x') process.stdin.setRawMode(false), console.log('cooked');
        if (String(key) === 'q\\n') process.exit(seen);
      });`,
    });
    const ran = typed(t, ['--no-report', path.join(dir, 'main.cjs')]);
    await until('it runs', () => ran.out().includes('true,true,true,120'));
    ran.child.stdin?.write('x');
    await until('it has read a raw key', () => ran.out().includes('cooked'));
    ran.child.stdin?.write('\u0003');
    await until('Ctrl-C arrives', () => ran.out().includes('interrupted 1'));
    // A second one would come from the tool, which waits a moment before it hands a signal on.
    await sleep(700);
    ran.child.stdin?.write('q\n');
    assert.equal((await ran.ended).code, 1);
    assert.doesNotMatch(ran.out(), /interrupted 2/);
  },
);

test('Ctrl-C ends a program that does not listen, and the report follows', onTerminal, async (t) => {
  const ran = typed(t, [path.join(EXAMPLES, 'deadlock.ts')]);
  await until('the deadlock is announced', () => ran.out().includes('Now:'));
  ran.child.stdin?.write('\u0003');
  assert.equal((await ran.ended).code, 130);
  assert.match(ran.out(), /Processes[\s\S]*alice-to-bob[\s\S]*Findings/);
});

test('--hold waits for a key, but not on a terminal that has been closed', onTerminal, async (t) => {
  const dir = scratch(t);
  files(dir, { 'main.cjs': "console.log('tool ' + process.ppid); process.stdin.resume();" });
  const args = ['--hold', '--no-report', path.join(dir, 'main.cjs')];
  const ran = typed(t, args);
  const tool = await until('it runs', () => /tool (\d+)/.exec(ran.out())?.[1]);
  process.kill(Number(tool), 'SIGHUP');
  assert.equal((await ran.ended).code, 129);
  const other = typed(t, args);
  await until('it runs', () => other.out().includes('tool'));
  other.child.stdin?.write('\u0003');
  await until('the question', () => other.out().includes('press any key to close'));
  other.child.stdin?.write('x');
  assert.equal((await other.ended).code, 0, 'everything has been read');
  const refused = typed(t, ['--hold', 'nosuch.ts']);
  await until('the refusal can be read', () =>
    /no such script: nosuch\.ts[\s\S]*press any key/.test(refused.out()),
  );
  refused.child.stdin?.write('x');
  assert.equal((await refused.ended).code, 0);
});

test('--watch draws the living tree below the program’s output', onTerminal, async (t) => {
  const ran = typed(t, ['--watch', '--no-report', path.join(EXAMPLES, 'deadlock.ts')]);
  await until('the tree marks the deadlock', () => /!.*alice-to-bob.*lock-cycle/.test(ran.out()));
  ran.child.stdin?.write('\u0003');
  assert.equal((await ran.ended).code, 130);
  const lines = ran.out().split(/\r?\n/);
  assert.ok(
    lines.some((line) => line.trimEnd().endsWith('alice is held')),
    'its own output is there',
  );
  assert.ok(ran.out().endsWith('\u001b[?25h'), 'the cursor is back');
});

test('--watch leaves the cursor where nothing could be run', onTerminal, async (t) => {
  const ran = typed(t, ['--watch', 'nosuch.ts']);
  assert.equal((await ran.ended).code, 2);
  assert.equal(ran.out(), 'forkscope: no such script: nosuch.ts\r\n');
});

test('--watch draws nothing on a terminal that can only append', onTerminal, async (t) => {
  const dir = scratch(t);
  files(dir, { 'main.cjs': "console.log('own')" });
  const ran = typed(t, ['--watch', '--no-report', path.join(dir, 'main.cjs')], 'dumb');
  assert.equal((await ran.ended).code, 0);
  assert.match(ran.out(), /^forkscope: --watch needs a terminal[^\n]*\nown\r\n$/);
});

test('--watch without a terminal says so once and goes on', async (t) => {
  const dir = scratch(t);
  files(dir, { 'main.cjs': "console.log('out')" });
  const ran = run(t, ['--watch', '--no-report', path.join(dir, 'main.cjs')]);
  assert.equal((await ran.ended).code, 0);
  assert.equal(ran.out(), 'out\n');
  assert.match(ran.err(), /^forkscope: --watch needs a terminal on stderr[^\n]*\n$/);
});

test('Ctrl-Z leaves the shell its cursor, and --watch goes on below after fg', onTerminal, async (t) => {
  const dir = scratch(t);
  files(dir, { 'main.cjs': "console.log('tool ' + process.ppid); setInterval(() => {}, 1000);" });
  const ran = typed(t, ['--watch', '--no-report', path.join(dir, 'main.cjs')]);
  await until('it is drawn', () => /main\.cjs\S* \S*\d/.test(ran.out()));
  // Where the machine is busy the tree is drawn before the program has said anything.
  const said = /tool (\d+)/;
  await until('the program has started', () => said.test(ran.out()));
  const tool = Number(said.exec(ran.out())?.[1]);
  process.kill(tool, 'SIGTSTP');
  // util-linux' script stops with its child, as a shell's job does, and may do so before it has passed on what the child wrote.
  await until('both stand still', () => [tool, Number(ran.child.pid)].every((pid) => stateOf(pid) === 'T'));
  ran.child.kill('SIGCONT');
  process.kill(tool, 'SIGCONT');
  // The cursor first, then nothing until the picture begins below, where nothing above is overwritten.
  const again = '\u001b[?25h\u001b[?25l\r\u001b[J';
  await until('it is drawn again', () => ran.out().split(again)[1]?.includes('main.cjs'));
  ran.child.stdin?.write('\u0003');
  assert.equal((await ran.ended).code, 130);
});

/** `T`: stopped (proc(5)). */
function stateOf(pid: number): string | undefined {
  return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
}
