import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { Session } from '../../src/session/index.ts';
import { type Context, program, runTraced, temporaryDirectory } from './helpers.ts';

const skip = typeof Reflect.get(process, 'execve') !== 'function' && 'only on Node 22.15 and later';

/** A parent that starts a process, which becomes another program. */
function runChain(t: Context, become: string): ReturnType<typeof runTraced> {
  const dir = temporaryDirectory(t);
  program(
    dir,
    'second.cjs',
    `console.log('second', process.argv[2], process.env.MINE, process.env.OTHER); process.exitCode = 6;`,
  );
  program(
    dir,
    'first.cjs',
    `const second = require('node:path').join(__dirname, 'second.cjs'); console.log('first');\n${become}`,
  );
  const source = `require('node:child_process').spawn(process.execPath, ['--no-warnings', __dirname + '/first.cjs'], { stdio: 'inherit' })
  .on('exit', (code, signal) => console.log('ended', code, signal));`;
  return runTraced(t, process.execPath, [program(dir, 'main.cjs', source)]);
}

test('a process that becomes another Node program: both are traced, one after the other', {
  skip,
}, async (t) => {
  const { stdout, stderr, trace, dir } = await runChain(
    t,
    `process.execve(process.execPath, [process.execPath, second, 'a'], { MINE: '1' });`,
  );
  assert.equal(stdout, 'first\nsecond a 1 undefined\nended 6 null\n');
  assert.equal(stderr, '');
  assert.deepEqual([trace.damages, trace.problems], [[], []]);
  assert.equal(trace.streams.length, 3);
  const session = Session.open(dir);
  t.after(() => session.close());
  const [main, first, second] = session.model.processes();
  assert.ok(main && first && second);
  assert.deepEqual([first.parent, second.parent], [main.id, first.id]);
  assert.equal(second.pid, first.pid);
  assert.equal(second.api, 'execve');
  assert.deepEqual(second.argv.map((a) => path.basename(a)).slice(1), ['second.cjs', 'a']);
  assert.ok(first.end !== null && second.end !== null && first.end <= second.start + 50e6);
  assert.deepEqual([second.exitCode, first.exitCode], [6, 6]);
});

test('a process that becomes something else: it is shown with a reason, and ends when the pid does', {
  skip: skip || (process.platform === 'win32' && 'only on systems with execve'),
}, async (t) => {
  const { stdout, trace, dir } = await runChain(
    t,
    `process.execve('/bin/sh', ['sh', '-c', 'echo shell; exit 9']);`,
  );
  assert.equal(stdout, 'first\nshell\nended 9 null\n');
  assert.deepEqual([trace.damages, trace.problems], [[], []]);
  const session = Session.open(dir);
  t.after(() => session.close());
  const shell = session.model.processes().find((p) => !p.instrumented);
  assert.ok(shell);
  assert.match(shell.reason, /not a Node\.js program \(sh\)/);
  assert.equal(shell.exitCode, 9);
  assert.ok(shell.end !== null);
});

test('a program that is not there: Node does what it does untraced', { skip }, async (t) => {
  const before26 = Number(process.versions.node.split('.')[0]) < 26;
  const { stdout } = await runChain(
    t,
    `try { process.execve('/no/such/program', ['x']); } catch (error) { console.log(error.code); }`,
  );
  assert.equal(stdout, before26 ? 'first\nended null SIGABRT\n' : 'first\nENOENT\nended 0 null\n');
});
