import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { killTree } from '../../src/session/os/kill.ts';
import { LinuxProcessTable } from '../../src/session/os/linux.ts';
import { isAlive } from '../../src/session/os/liveness.ts';
import { PortableProcessTable, portableTree } from '../../src/session/os/portable.ts';
import { type OsProcessTable, pickTree } from '../../src/session/os/process-table.ts';
import { files, type Ran, scratch, start, until } from './support.ts';

/** A process with a child with a child; each prints its pid. `grandchild` is what the last one does. */
const TREE = `
const { spawn } = require('node:child_process');
console.log(process.pid);
const depth = Number(process.argv[2]);
if (process.argv[3] === 'deaf') for (const s of ['SIGINT', 'SIGTERM']) process.on(s, () => {});
if (depth > 0) spawn(process.execPath, [__filename, String(depth - 1), ...process.argv.slice(3)], { stdio: 'inherit' });
setInterval(() => {}, 1000);
`;

async function tree(
  t: Parameters<typeof start>[0],
  ...args: string[]
): Promise<{ pids: number[]; ran: Ran }> {
  const dir = scratch(t);
  files(dir, { 'tree.cjs': TREE });
  const ran = start(t, process.execPath, [path.join(dir, 'tree.cjs'), '2', ...args]);
  const pids = await until('three pids', () => {
    const seen = ran.out().trim().split('\n').filter(Boolean).map(Number);
    return seen.length === 3 && seen;
  });
  return { pids, ran };
}

test('a Node that has given itself a title is still one', {
  skip: !LinuxProcessTable.isUsable(),
}, async (t) => {
  const script = "process.title = 'my build'; console.log('.'); setInterval(() => {}, 1000)";
  const ran = start(t, process.execPath, ['-e', script]);
  await until('the title', () => ran.out() !== '');
  const pid = ran.child.pid as number;
  const [seen] = await new LinuxProcessTable().descendants([pid]);
  assert.deepEqual([seen?.command, seen?.isNode], ['my build', true]);
});

const TABLES: [string, () => OsProcessTable, boolean][] = [
  ['/proc', () => new LinuxProcessTable(), LinuxProcessTable.isUsable()],
  ['ps-list', () => new PortableProcessTable(), process.platform !== 'win32'],
];
for (const [name, make, usable] of TABLES) {
  test(`the table of ${name} shows a tree with parents, commands and memory`, {
    skip: !usable,
  }, async (t) => {
    const { pids } = await tree(t);
    const seen = await make().descendants([pids[0] as number]);
    assert.deepEqual(
      seen.map((entry) => entry.pid),
      pids,
    );
    assert.deepEqual(
      seen.slice(1).map((entry) => entry.ppid),
      pids.slice(0, 2),
    );
    for (const { command, memory, cpu, start: since } of seen) {
      assert.match(command, /tree\.cjs/);
      assert.ok((memory ?? 0) > 1024 * 1024, `memory ${memory}`);
      assert.ok(cpu !== null && cpu >= 0);
      assert.notEqual(since, '');
    }
  });
}

test('pidtree gives the same tree', { skip: process.platform === 'win32' }, async (t) => {
  const { pids } = await tree(t);
  assert.deepEqual(await portableTree(pids[0] as number), pids);
});

test('a tree that ends by SIGINT gets nothing else', { skip: process.platform === 'win32' }, async (t) => {
  const { pids, ran } = await tree(t);
  const signals: string[] = [];
  assert.deepEqual(await killTree([pids[0] as number], { onStep: (signal) => signals.push(signal) }), []);
  assert.deepEqual(signals, ['SIGINT']);
  assert.equal((await ran.ended).signal, 'SIGINT');
  for (const pid of pids) assert.equal(isAlive(pid, Date.now()), false);
});

test('a deaf tree is killed after SIGINT and SIGTERM, an orphan of it too', {
  skip: process.platform === 'win32',
}, async (t) => {
  const { pids, ran } = await tree(t, 'deaf');
  const [root, middle, leaf] = pids as [number, number, number];
  process.kill(middle, 'SIGKILL');
  await until('the middle is gone', () => !isAlive(middle, Date.now()));
  const signals: string[] = [];
  const steps = (['SIGINT', 'SIGTERM', 'SIGKILL'] as const).map((signal) => ({ signal, patience: 100 }));
  assert.deepEqual(await killTree([root, leaf], { steps, onStep: (signal) => signals.push(signal) }), []);
  assert.deepEqual([...new Set(signals)], ['SIGINT', 'SIGTERM', 'SIGKILL']);
  assert.equal((await ran.ended).signal, 'SIGKILL');
});

test('a tree is picked by its roots, and cycles in a damaged table end', () => {
  const table = [
    { pid: 10, ppid: 1 },
    { pid: 11, ppid: 10 },
    { pid: 12, ppid: 11 },
    { pid: 20, ppid: 1 },
    { pid: 31, ppid: 30 },
    { pid: 40, ppid: 41 },
    { pid: 41, ppid: 40 },
  ];
  const pids = (roots: number[]): number[] => pickTree(table, roots).map(({ pid }) => pid);
  assert.deepEqual(pids([10]), [10, 11, 12]);
  assert.deepEqual(pids([30]), [31], 'the root itself has gone');
  assert.deepEqual(pids([40]).sort(), [40, 41]);
});

test('a process is alive only if it was there at the time', async (t) => {
  assert.equal(isAlive(process.pid, Date.now()), true);
  assert.equal(isAlive(0, Date.now()), false);
  if (LinuxProcessTable.isUsable())
    assert.equal(isAlive(process.pid, Date.now() - 24 * 3600 * 1000), false, 'pid reused');
  const ran = start(t, process.execPath, ['-e', '']);
  const pid = ran.child.pid as number;
  await ran.ended;
  await until('it is gone', () => !isAlive(pid, Date.now()));
});
