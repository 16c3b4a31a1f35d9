import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { lineOf, program, run, runTraced, SHIM, type Trace, TSX, temporaryDirectory } from './helpers.ts';

/** Not the service of a TypeScript transformer. */
function isOurs({ argv }: { readonly argv: readonly string[] }): boolean {
  return /leaf\.cjs|exit 1/.test(argv.join(' '));
}

/** Every child that was reported has started, ended, and (when it is Node) a stream that names its spawn key. */
function assertJoined(trace: Trace, api: string, isNode: boolean): void {
  const child = trace.children.find((c) => c.api === api && isOurs(c));
  assert.ok(child, `${api} is reported`);
  assert.equal(trace.of('start').filter((r) => trace.childOf(r) === child).length, 1, `${api}: one start`);
  assert.equal(trace.of('childExit').filter((r) => trace.childOf(r) === child).length, 1, `${api}: one end`);
  const stream = trace.startedBy(child.spawnKey);
  assert.equal(stream !== undefined, isNode, `${api}: stream`);
}

const EVERY_FORM = `import { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } from 'node:child_process';
import cluster from 'node:cluster';
import { once } from 'node:events';
const node = process.execPath;
const leaf = process.argv[2]!;
spawnSync(node, [leaf, '11']);
try { execFileSync(node, [leaf, '12'], { env: {} }); } catch {}
try { execSync('exit 13'); } catch {}
const ended = [
  spawn(node, [leaf, '14'], { env: {} }),
  fork(leaf, ['15'], { execArgv: [] }),
  execFile(node, [leaf, '16']),
  exec('exit 17'),
];
for (const child of ended) child.on('error', () => {});
await Promise.all(ended.map((child) => once(child, 'exit')));
cluster.setupPrimary({ exec: leaf, args: ['18'], execArgv: [] });
await once(cluster.fork(), 'exit');
`;

test('every form of child_process: who, where, how it ended, and the child is traced', async (t) => {
  const dir = temporaryDirectory(t);
  const file = program(dir, 'forms.mts', EVERY_FORM);
  const leaf = program(dir, 'leaf.cjs', 'process.exit(Number(process.argv[2]))');
  const { code, stderr, trace } = await runTraced(t, process.execPath, ['--import', TSX, file, leaf]);
  assert.equal(stderr, '');
  assert.equal(code, 0);
  assert.deepEqual(trace.problems, []);
  const exits = trace
    .of('childExit')
    .filter((r) => isOurs(trace.childOf(r)!))
    .map((r) => [trace.childOf(r)?.api, r.value] as const);
  assert.deepEqual(
    exits.sort((a, b) => a[1] - b[1]),
    [
      ['spawnSync', 11],
      ['execFileSync', 12],
      ['execSync', 13],
      ['spawn', 14],
      ['fork', 15],
      ['execFile', 16],
      ['exec', 17],
      ['cluster', 18],
    ],
  );
  for (const api of ['spawnSync', 'execFileSync', 'spawn', 'fork', 'execFile', 'cluster'])
    assertJoined(trace, api, true);
  for (const api of ['exec', 'execSync']) assertJoined(trace, api, false);
  for (const [api, text] of [
    ['spawnSync', 'spawnSync(node'],
    ['execSync', "execSync('exit"],
    ['spawn', 'spawn(node'],
    ['fork', 'fork(leaf'],
    ['exec', "exec('exit 17'"],
    ['cluster', 'cluster.fork()'],
  ] as const) {
    const start = trace.of('start').find((r) => trace.childOf(r)?.api === api && isOurs(trace.childOf(r)!))!;
    assert.equal(trace.at(start), `forms.mts:${lineOf(EVERY_FORM, text)}`, api);
  }
  const waits = trace.of('waitSyncSpawn');
  assert.equal(waits.length, 3);
  for (const wait of waits) assert.ok(trace.of('waitEnd').some((r) => r.n === wait.n && r.time >= wait.time));
});

const posixOnly = { skip: process.platform === 'win32' && 'needs a POSIX shell' };
test('synchronous children that succeed are known by pid, command line and output', posixOnly, async (t) => {
  const source = `const { execFileSync, execSync } = require('node:child_process');
const lines = [execSync('echo $$; echo wrong >&2', { stdio: 'pipe' }), execFileSync('sh', ['-c', 'echo $$'])];
process.stdout.write(lines.join(''));`;
  const { stdout, trace } = await runTraced(t, process.execPath, ['-e', source]);
  const ended = trace.of('childExit').map((r) => ({ pid: r.n, argv: trace.childOf(r)?.argv }));
  const [first, second] = stdout.trim().split('\n').map(Number);
  assert.deepEqual(ended, [
    { pid: first, argv: ['/bin/sh', '-c', 'echo $$; echo wrong >&2'] },
    { pid: second, argv: ['sh', '-c', 'echo $$'] },
  ]);
  const bytes = trace.of('receive').map((r) => r.value);
  assert.deepEqual(bytes, [`${first}\n`.length, 'wrong\n'.length, `${second}\n`.length]);
});

test('a Node process below a shell is traced, and joined to the shell', async (t) => {
  const dir = temporaryDirectory(t);
  const inner = program(dir, 'inner.cjs', 'console.log("inner", process.ppid)');
  const source = `const { execSync } = require('node:child_process');
process.stdout.write(execSync(\`"\${process.execPath}" "${inner}"; true\`));`;
  const { stdout, trace } = await runTraced(t, process.execPath, [program(dir, 'outer.cjs', source)]);
  assert.match(stdout, /^inner \d+\n$/);
  assert.equal(trace.streams.length, 2);
  const [child] = trace.children;
  const inside = trace.startedBy(child!.spawnKey);
  assert.ok(inside, 'the shell handed the spawn key on');
});

test('NODE_OPTIONS of the user stay as they are, in every generation', async (t) => {
  const dir = temporaryDirectory(t);
  const source = `const { spawnSync } = require('node:child_process');
console.log(process.execArgv.length, process.title);
if (process.argv[2] !== 'leaf') {
  const env = { ...process.env, NODE_OPTIONS: (process.env.NODE_OPTIONS ?? '') + ' --title=mine' };
  process.stdout.write(spawnSync(process.execPath, [__filename, 'leaf'], { env }).stdout);
}`;
  const { stdout, trace } = await runTraced(t, process.execPath, [program(dir, 'options.cjs', source)]);
  assert.match(stdout, /mine\n$/);
  assert.equal(trace.streams.length, 2);
});

test('an environment that inherits from another one', posixOnly, async (t) => {
  const source = `const env = Object.assign(Object.create({ PATH: process.env.PATH, ABOVE: 'above' }), { OWN: 'own' });
process.stdout.write(require('node:child_process').execSync('echo $ABOVE $OWN', { env }));`;
  const { stdout } = await runTraced(t, process.execPath, ['-e', source]);
  assert.equal(stdout, 'above own\n');
});

test('a path with blanks, quotes and backslashes survives NODE_OPTIONS', async (t) => {
  const dir = temporaryDirectory(t);
  const odd = path.join(dir, `it's "odd" \\ here`);
  fs.mkdirSync(odd);
  const shim = path.join(odd, 'shim.cjs');
  fs.copyFileSync(SHIM, shim);
  fs.copyFileSync(path.join(path.dirname(SHIM), 'core-shim.cjs'), path.join(odd, 'core-shim.cjs'));
  const source = `require('node:child_process').execFileSync(process.execPath, ['-e', '0'], { env: {} })`;
  const traceDir = path.join(odd, 'trace');
  fs.mkdirSync(traceDir);
  const session = { dir: traceDir, session: 'x', origin: String(process.hrtime.bigint()), shim, options: {} };
  const quoted = shim.replace(/[\\"]/g, '\\$&');
  const env = { NODE_OPTIONS: `--require "${quoted}"`, FORKSCOPE_SESSION: JSON.stringify(session) };
  const { code, stderr, trace } = await runTraced(t, process.execPath, ['-e', source], { traceDir, env });
  assert.deepEqual([code, stderr], [0, '']);
  assert.equal(trace.streams.length, 2);
});

test('--exclude: the child runs untraced, and is still seen', async (t) => {
  const source = `const { spawnSync } = require('node:child_process');
const show = ['-p', 'process.env.FORKSCOPE_SESSION ?? process.env.NODE_OPTIONS ?? "clean"'];
process.stdout.write(spawnSync(process.execPath, [...show, 'secret-tool']).stdout);
spawnSync(process.execPath, ['-e', '0']);`;
  const options = { exclude: ['secret-tool'] };
  const { stdout, trace } = await runTraced(t, process.execPath, ['-e', source], { options });
  assert.equal(stdout, 'clean\n');
  assert.equal(trace.children.length, 2);
  assert.equal(trace.streams.length, 2);
});

test('a child that was killed by a signal', async (t) => {
  const source = `const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
child.on('spawn', () => child.kill('SIGKILL'));`;
  const { trace } = await runTraced(t, process.execPath, ['-e', source]);
  const [exit] = trace.of('childExit');
  assert.deepEqual([exit!.flags, exit!.value], [0x40, 9]);
});

test('a command that does not exist: the program gets its error, no child is invented', async (t) => {
  const source = `require('node:child_process').spawn('/no/such/command').on('error', (e) => console.log(e.code));
try { require('node:child_process').execFileSync('/no/such/command'); } catch (e) { console.log(e.code); }`;
  const { code, stdout, trace } = await runTraced(t, process.execPath, ['-e', source]);
  assert.deepEqual([code, stdout], [0, 'ENOENT\nENOENT\n']);
  assert.deepEqual(
    trace.of('start').map((r) => trace.childOf(r)?.api),
    ['execFileSync'],
  );
});

test('what Node refuses it still refuses', async (t) => {
  const source = `for (const options of [null, [], 5]) {
  try { require('node:child_process').spawnSync('true', [], options); } catch (error) { console.log(error.code); }
}`;
  const { stdout, trace } = await runTraced(t, process.execPath, ['-e', source]);
  assert.deepEqual([stdout, trace.children], ['ERR_INVALID_ARG_TYPE\n'.repeat(3), []]);
});

test('--permission: a restricted child still runs, and is traced', async (t) => {
  const flag = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  const source = `const { spawnSync } = require('node:child_process');
const r = spawnSync(process.execPath, ['${flag}', '--no-warnings', '-e', 'console.log(process.permission.has("fs.read", "/etc/hosts"))']);
process.stdout.write(r.stdout); process.stderr.write(r.stderr); process.exitCode = r.status;`;
  const { code, stdout, stderr, trace } = await runTraced(t, process.execPath, ['-e', source]);
  assert.deepEqual([code, stdout, stderr], [0, 'false\n', '']);
  assert.equal(trace.streams.length, 2);
});

/** Messages that send others while Node turns them into text, and one that cannot be turned; the handle's arrival is confirmed. */
const NESTED = `const { fork } = require('node:child_process');
const child = fork(__dirname + '/child.cjs');
child.send({ toJSON() { child.send('inner'); return 'outer'; } });
const cycle = {};
cycle.cycle = cycle;
try { child.send(cycle); } catch (error) { console.log(error.name); }
child.on('message', (all, handle) => { handle.close(); console.log(...all); child.send('stop'); });`;
const NESTED_CHILD = `const all = [];
process.on('message', (m) => {
  if (m === 'stop') return process.disconnect();
  all.push(m);
  if (all.length < 2) return;
  const server = require('node:net').createServer().listen(0, () => process.send(all, server, () => server.close()));
});`;

test('messages within messages, and one that is never sent', async (t) => {
  const dir = temporaryDirectory(t);
  program(dir, 'child.cjs', NESTED_CHILD);
  const file = program(dir, 'main.cjs', NESTED);
  const untraced = await run(process.execPath, [file]);
  const { trace, dir: _, ...traced } = await runTraced(t, process.execPath, [file]);
  assert.deepEqual(traced, untraced);
  assert.equal(traced.stdout, 'TypeError\ninner outer\n');
  assert.deepEqual([trace.damages, trace.problems], [[], []]);
  // With their quotes, and a line's end each.
  const bytes = ['inner', 'outer', 'stop'].map((text) => text.length + 3);
  assert.deepEqual(
    trace.named('to child', 'send').map((record) => record.value),
    bytes,
  );
  assert.equal(trace.named('to child', 'receive').length, bytes.length);
});
