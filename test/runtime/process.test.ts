import assert from 'node:assert/strict';
import { cpus } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { activeChildren, currentProcess, Process, parentProcess } from '../../src/runtime/index.ts';
import { processState } from '../../src/shm/liveness.ts';
import { ROOT, run, start, until } from './run-program.ts';

test('a new process: not alive, no pid, no exit code, a default name (rows 1, 2, 3, 8, 14, 21, 23)', async () => {
  const first = new Process();
  const number = Number(/^Process-(\d+)$/.exec(first.name)?.[1]);
  assert.deepEqual([first.isAlive(), first.exitCode, first.pid], [false, null, null]);
  assert.equal(new Process().name, `Process-${number + 1}`);
  first.name = 'other';
  assert.equal(inspect(first), "<Process name='other' initial>");
  assert.throws(() => Object.assign(first, { name: 5 }), { name: 'AssertionError' });
  assert.throws(() => new Process({ name: 5 as unknown as string }), { name: 'AssertionError' });
  assert.throws(() => new Process({ args: 5 as unknown as [] }), TypeError);
  assert.throws(() => new Process({ target: 'text' as unknown as () => void }), TypeError);
  await assert.rejects(first.join(), { name: 'AssertionError', message: 'can only join a started process' });
  assert.throws(() => first.exited, { name: 'ValueError' });
  first.close();
  first.close();
  assert.equal(inspect(first), '<Process closed>');
  assert.throws(() => first.isAlive(), { name: 'ValueError' });
});

test('run() called directly runs here, with args and kwargs (rows 5, 30)', () => {
  const seen: unknown[] = [];
  const process = new Process({
    target: (...args: unknown[]) => seen.push(...args),
    args: [1, 'x'],
    kwargs: { k: 2 },
  });
  process.run();
  assert.deepEqual(seen, [1, 'x', { k: 2 }]);
});

test('the first process: named MainProcess, no parent (rows 24, 26, 46)', () => {
  const main = currentProcess();
  assert.deepEqual(
    [main.name, main.daemon, main.isAlive(), main.exitCode, main.pid],
    ['MainProcess', false, true, null, process.pid],
  );
  assert.equal(parentProcess(), null);
  assert.deepEqual(activeChildren(), []);
  assert.ok(cpus().length >= 1);
});

test('life of a process: args, names, exit codes, close, recursion (rows 6, 7, 13, 15–17, 20, 22, 25–29, 31, 32; S01–S04)', async () => {
  const { lines, stderr, code } = await run('process-life.ts');
  assert.deepEqual(
    lines,
    [
      'before: false null false true',
      'after: true null true',
      'received: [[1,2],{"hello":23,"bye":2.54},"SomeProcess","its pid",true]',
      'joined: false 0 false',
      'exit codes: 0 0 0 8 1 9 -15 -9',
      'close while alive: ValueError',
      'start twice: cannot start a process twice',
      'timed join: true null',
      'after close: ValueError ValueError ValueError ok',
      'recursion: [[],[0],[0,0],[0,1],[1],[1,0],[1,1]]',
      'subclass: Sub-1 got 42 in the child, result in the parent: undefined',
      'nested name: Process-3:1',
      'no target: 0',
      'daemon child: AssertionError: daemonic processes are not allowed to have children',
      'exited resolves to 0',
    ],
    stderr,
  );
  assert.equal(code, 0);
  assert.match(stderr, /Process Process-\d+:\nError: thrown in the child\n.*process-life\.ts/s, 'row 19');
});

test('non-daemon children are joined at exit, daemons end with main, by every way out (rows 10, 11)', async () => {
  for (const way of ['return', 'exit', 'throw']) {
    const { lines, code, stderr } = await run('process-exit.ts', [way]);
    assert.deepEqual(lines.slice().sort(), ['main ends', 'worker done'], `${way}: ${stderr}`);
    assert.equal(code, way === 'throw' ? 1 : way === 'exit' ? 3 : 0);
  }
});

test('children end when their parent is killed, blocked ones too (row 12, better than Python)', async () => {
  const program = start('process-orphans.ts');
  const pids = (await program.line(/^pids /)).slice(5).split(' ').map(Number);
  assert.equal(pids.length, 3);
  assert.ok(pids.every((pid) => processState(pid).alive));
  program.child.kill('SIGKILL');
  await until(() => pids.every((pid) => !processState(pid).alive), 'the end of the orphans');
  await program.done;
});

test('an unguarded main is refused with help, and starts nobody (row 44)', async () => {
  for (const program of ['unguarded.ts', 'unguarded-later.mts']) {
    const { stdout, stderr } = await run(program);
    assert.equal(stdout.match(/main runs/g)?.length, 2, `the parent and one child\n${stdout}\n${stderr}`);
    assert.match(
      stderr,
      /BootstrapError: a process was started while a child process imports the main module/,
    );
    assert.match(stderr, /if \(isMain\(import\.meta\)\) await main\(\);/);
  }
});

const REFUSALS = [
  /^closure: TargetError: Process target inner \(.*targets\.\w+:\d+\) is not exported/,
  /^not exported: TargetError: Process target hidden \(.*targets\.\w+:\d+\) is not exported/,
  /^native: TargetError: Process target max is native/,
  /^bound: TargetError: .*bound/,
  /^argument: SerializationError: args\[0\]: the function/,
  /^no such export: TargetError|^no such export: exit 1/,
];

test('targets: exports, arrows, methods, tasks; clear errors for the rest (rows 41, 42, 43)', async () => {
  for (const program of ['targets.ts', 'targets.mts']) {
    const { lines, stderr } = await run(program);
    const found = lines.filter((line) => line.startsWith('ran '));
    assert.deepEqual(
      found.sort(),
      ['ran arrow', 'ran by name', 'ran exported', 'ran method', 'ran other module', 'ran task'],
      `${program}\n${lines.join('\n')}\n${stderr}`,
    );
    for (const refusal of REFUSALS)
      assert.ok(
        lines.some((line) => refusal.test(line)),
        `${refusal}\n${lines.join('\n')}`,
      );
    assert.ok(lines.includes('global in the child: 10'), 'a rebound global is not seen');
    assert.ok(lines.includes('children left: 0'));
  }
});

test('interpreter flags are inherited, the title is readable, descriptors are not (rows 33, 34, 38)', async () => {
  const { lines, stderr } = await run('process-environment.ts', [], ['--stack-size=900']);
  assert.deepEqual(
    lines,
    [
      'flags inherited: true',
      'title readable: true',
      'same number of descriptors: true',
      'env unchanged: true',
    ],
    stderr,
  );
});

test('the examples do what they say', async () => {
  const hello = await run(path.join(ROOT, 'examples/hello.ts'));
  assert.equal(hello.lines.length, 4, hello.stderr);
  assert.equal(hello.lines.at(-1), 'all done');
  const queue = await run(path.join(ROOT, 'examples/queue.ts'));
  const puts = queue.lines.filter((line) => line.startsWith('Put '));
  const gets = queue.lines.filter((line) => line.startsWith('Get '));
  assert.deepEqual(
    [puts.length, gets.length, queue.lines.at(-1)],
    [6, 6, 'reader ended with -15'],
    queue.stderr,
  );
  const pipe = await run(path.join(ROOT, 'examples/pipe.ts'));
  assert.deepEqual(
    pipe.lines.slice(0, 3).map((line) => line.slice(0, 8)),
    ['father: ', 'father: ', 'father: '],
    pipe.stderr,
  );
  const deadlock = start(path.join(ROOT, 'examples/deadlock.ts'));
  await deadlock.line(/alice is held/);
  await deadlock.line(/bob is held/);
  deadlock.child.kill('SIGKILL');
  assert.equal((await deadlock.done).lines.length, 2);
});
