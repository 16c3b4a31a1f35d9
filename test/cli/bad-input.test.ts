import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { TRACE_VERSION } from '../../src/trace/format/definitions.ts';
import { encodeLine } from '../../src/trace/format/lines.ts';
import { files, scratch } from '../session/support.ts';
import { CLI, cleanEnvironment, cli, run } from './support.ts';

/** Runs the tool, and holds it to an exit code and to one line on stderr; nothing may have run. */
async function refused(
  t: TestContext,
  args: readonly string[],
  code: number,
  message: RegExp,
  cwd?: string,
): Promise<void> {
  const ran = cli(t, args, cwd === undefined ? {} : { cwd });
  assert.equal((await ran.ended).code, code, `${args.join(' ')}\n${ran.err()}`);
  assert.match(ran.err(), message);
  assert.match(ran.err(), /^forkscope: [^\n]+\n$/, 'one line, and who says it');
  assert.doesNotMatch(ran.err(), /\bat .*:\d+:\d+/, 'no stack');
  assert.equal(ran.out(), '');
}

test('what can’t be run is refused in one clear line, before anything runs', async (t) => {
  const dir = scratch(t);
  files(dir, {
    'main.cjs': "console.log('ran')",
    'main.py': '',
    taken: '',
    'old-node': '#!/bin/sh\necho \'["/x/node","18.19.1",false,false]\'\n',
  });
  chmodSync(path.join(dir, 'old-node'), 0o755);
  await refused(t, ['run', 'nosuch.ts'], 2, /^forkscope: no such script: nosuch\.ts$/m, dir);
  await refused(t, ['run', '.'], 2, /is a directory/, dir);
  await refused(t, ['run', 'main.py'], 2, /not a TypeScript or JavaScript file.*run -- command/, dir);
  await refused(
    t,
    ['run', '--node', './main.py', 'main.cjs'],
    2,
    /main\.py can't be executed: .*--node PATH$/m,
    dir,
  );
  await refused(t, ['run', '--cwd', 'nodir', 'main.cjs'], 2, /no such folder: nodir/, dir);
  await refused(t, ['run', '--node', './nonode', 'main.cjs'], 2, /no Node found/, dir);
  await refused(
    t,
    ['run', '--ignore-finding', 'lock-circle', 'main.cjs'],
    2,
    /no finding “lock-circle”; there are: .*lock-cycle/,
    dir,
  );
  await refused(
    t,
    ['run', '--threshold', 'lock-cycle.patience=1', 'main.cjs'],
    2,
    /it has: lock-cycle\.suspectAfter/,
    dir,
  );
  await refused(t, ['run', '--threshold', 'suspectAfter', 'main.cjs'], 2, /Write KIND\.NAME=NUMBER/, dir);
  if (process.platform !== 'win32') {
    symlinkSync('loop.ts', path.join(dir, 'loop.ts'));
    await refused(
      t,
      ['run', 'loop.ts'],
      2,
      /can't read loop\.ts: its symbolic links go round in a circle$/m,
      dir,
    );
    await refused(
      t,
      ['run', '--node', './old-node', 'main.cjs'],
      2,
      /Node 18\.19\.1 .* too old: Forkscope needs Node 20/,
      dir,
    );
    const ls =
      /^forkscope: \/bin\/ls does not answer like a Node \(.{1,200}\); give another one with --node PATH$/m;
    await refused(t, ['run', '--node', '/bin/ls', 'main.cjs'], 2, ls, dir);
  }
  await refused(
    t,
    ['run', '--trace', 'main.cjs', 'main.cjs'],
    2,
    /can't write the trace to main\.cjs: it is not a directory/,
    dir,
  );
  await refused(t, ['run', '--trace', '.', 'main.cjs'], 2, /is not empty/, dir);
  await refused(t, ['run', '--trace', 'taken/x', 'main.cjs'], 2, /can't write the trace/, dir);
  await refused(
    t,
    ['run', '--json', 'nodir/x.json', 'main.cjs'],
    2,
    /can't write nodir\/x\.json: no such file/,
    dir,
  );
  await refused(t, ['run', '--', 'nosuchcommand-x'], 127, /no such command: nosuchcommand-x/, dir);
});

test('wrong arguments are explained in one line, exit code 2', async (t) => {
  await refused(t, ['run'], 2, /no script \(or -- command\) given/);
  await refused(t, ['run', '--'], 2, /no command after --/);
  await refused(t, ['run', '--frobnicate', 'x.ts'], 2, /unknown option '--frobnicate'/);
  await refused(t, ['run', '--on-deadlock', 'panic', 'x.ts'], 2, /wait, kill/);
  await refused(t, ['run', '--max-stream-size', 'much', 'x.ts'], 2, /whole number of megabytes/);
  await refused(t, ['frobnicate'], 2, /unknown command 'frobnicate'/);
  await refused(t, ['report'], 2, /missing required argument 'trace'/);
  for (const args of [
    [''],
    ['--', ''],
    ['--node', '', 'x.ts'],
    ['--trace', '', 'x.ts'],
    ['--cwd', '', 'x.ts'],
  ]) {
    await refused(t, ['run', ...args], 2, /It is empty/);
  }
  await refused(t, ['report', ''], 2, /It is empty/);
  await refused(t, ['run', '--json', '', 'x.ts'], 2, /It is empty/);
  await refused(t, ['run', '--json', '-', 'x.ts'], 2, /Give a file/);
});

test('what is no trace, or one of another version, is refused by every command that reads', async (t) => {
  const dir = scratch(t);
  const other = path.join(dir, 'other');
  mkdirSync(other);
  const head = {
    type: 'session',
    version: TRACE_VERSION + 1,
    session: 's',
    origin: '0',
    wallClock: 0,
    argv: [],
    cwd: '',
    launcherPid: 0,
  };
  writeFileSync(path.join(other, 'session.def'), encodeLine({ seq: 0, time: 0, slot: 0, value: head }));
  for (const command of [['report'], ['view'], ['export', '-o', path.join(dir, 'x.json')]]) {
    await refused(t, [...command, dir], 2, /holds no Forkscope trace/);
    await refused(t, [...command, path.join(dir, 'nosuch')], 2, /no trace directory/);
    await refused(t, [...command, other], 2, /newer Forkscope .*Update/);
  }
  assert.deepEqual(readdirSync(dir), ['other'], 'a failed export leaves nothing');
});

test('a syntax error is Node’s own to report', async (t) => {
  const dir = scratch(t);
  files(dir, { 'bad.mjs': 'let a = ;\n', 'bad.ts': 'enum A { b }\nlet a: = 1;\n' });
  for (const name of ['bad.mjs', 'bad.ts']) {
    const ran = run(t, ['--no-report', path.join(dir, name)]);
    assert.equal((await ran.ended).code, 1);
    assert.match(ran.err(), new RegExp(`${name}:[12]`));
    assert.match(ran.err(), /SyntaxError|Transform failed/);
  }
});

test('a syntax error that the bundled transformer finds looks like one of Node: place, line, caret', async (t) => {
  const dir = scratch(t);
  files(dir, { 'bad.ts': 'enum A { b }\n\tlet value: = 1;\n' });
  const ran = run(t, ['--no-report', path.join(dir, 'bad.ts')]);
  assert.equal((await ran.ended).code, 1);
  assert.match(ran.err(), /bad\.ts:2\n\tlet value: = 1;\n\t {11}\^\n\nSyntaxError: Type expected\.\n/);
  assert.doesNotMatch(ran.err(), /^\[/m);
});

/** A folder on a file system of its own, 256 KB, in a namespace that ends with the command; `undefined`: not possible here. */
function onSmallDisk(
  command: string,
  dir: string,
): { code: number | null; out: string; err: string } | undefined {
  const script = `mount -t tmpfs -o size=256k none "${dir}" && ${command}`;
  const probe = spawnSync('unshare', ['-m', 'true']);
  if (probe.status !== 0) return undefined;
  const { status, stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script], {
    encoding: 'utf8',
    env: cleanEnvironment(path.dirname(dir)),
  });
  return { code: status, out: stdout, err: stderr };
}

test('a disk that is full before or fills up midway leaves the program unharmed', (t) => {
  const dir = scratch(t);
  const disk = path.join(dir, 'disk');
  mkdirSync(disk);
  files(dir, {
    'busy.cjs': `
      const { spawnSync } = require('node:child_process');
      for (let i = 0; i < 40; i++) spawnSync(process.execPath, ['-e', 'process.exit(3)', 'x'.repeat(20_000)]);
      console.log('whole');`,
  });
  const tool = `"${process.execPath}" "${CLI}" run --no-report --node "${process.execPath}"`;
  const filling = onSmallDisk(`${tool} --trace "${disk}/trace" "${dir}/busy.cjs"`, disk);
  if (filling === undefined) return t.skip('needs unshare and the right to mount (root)');
  assert.equal(filling.out, 'whole\n', filling.err);
  assert.equal(filling.code, 0);
  const said = filling.err.match(/forkscope: no space is left for the trace in .*; the program goes on$/gm);
  assert.equal(said?.length, 1, filling.err);
  const full = onSmallDisk(
    `head -c 250k /dev/zero > "${disk}/fill"; ${tool} --trace "${disk}/trace" "${dir}/busy.cjs"; ` +
      `code=$?; ls -A "${disk}/trace"; exit $code`,
    disk,
  );
  assert.equal(full?.out, '');
  assert.equal(full?.code, 2);
  assert.match(full?.err ?? '', /no space left on the device.*--trace/);
});

test('the version is that of the package', () => {
  const { version } = JSON.parse(
    execFileSync(process.execPath, ['-p', "JSON.stringify(require('./package.json'))"], {
      encoding: 'utf8',
      cwd: path.dirname(path.dirname(CLI)),
    }),
  );
  assert.equal(execFileSync(process.execPath, [CLI, '--version'], { encoding: 'utf8' }).trim(), version);
});
