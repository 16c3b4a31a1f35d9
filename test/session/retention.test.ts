import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { isSweepDue, sweepTraces } from '../../src/session/directory/retention.ts';
import { Suspects } from '../../src/session/directory/sweep.ts';
import { namedByProcesses } from '../../src/session/os/named.ts';
import { encodeLine } from '../../src/trace/format/lines.ts';
import { scratch } from './support.ts';

const DAY = 24 * 3600 * 1000;
const KEPT = { days: 7, bytes: 10_000 };

function trace(folder: string, name: string, daysOld: number, size = 10, launcherPid = 0): string {
  const dir = path.join(folder, `forkscope-trace-${name}`);
  mkdirSync(dir, { mode: 0o700 });
  const written = new Date(Date.now() - daysOld * DAY);
  const head = {
    type: 'session',
    version: 1,
    session: name,
    origin: '0',
    wallClock: Date.now(),
    argv: [],
    cwd: '',
    launcherPid,
  };
  writeFileSync(path.join(dir, 'session.def'), encodeLine({ seq: 0, time: 0, slot: 0, value: head }));
  writeFileSync(path.join(dir, 'records'), Buffer.alloc(size));
  for (const file of ['session.def', 'records', '.']) utimesSync(path.join(dir, file), written, written);
  return dir;
}

test('old temporary traces go, and the oldest of too many; new, live and foreign ones stay', (t) => {
  const folder = scratch(t);
  const kept = [
    trace(folder, 'recent', 1),
    trace(folder, 'live', 30, 10, process.pid),
    trace(folder, 'big-and-fresh', 0, 20_000),
  ];
  const gone = [trace(folder, 'old', 8)];
  const own = trace(folder, 'mine', 40);
  const other = path.join(folder, 'forkscope-elsewhere');
  mkdirSync(other);
  utimesSync(other, new Date(0), new Date(0));
  if (process.platform !== 'win32') symlinkSync(own, path.join(folder, 'forkscope-trace-link'));
  const deleted = sweepTraces(own, { ...KEPT, bytes: 20_000 + 400 + 300 }, folder);
  assert.deepEqual(deleted, gone);
  assert.ok(!existsSync(gone[0] as string), 'older than a week');
  for (const dir of [...kept, own, other]) assert.ok(existsSync(dir), dir);
});

test('a total above the limit takes the oldest first', (t) => {
  const folder = scratch(t);
  for (const days of [1, 2, 3, 4]) trace(folder, String(days), days, 4000);
  sweepTraces('', KEPT, folder);
  assert.deepEqual(readdirSync(folder).sort(), ['forkscope-trace-1', 'forkscope-trace-2']);
});

test('sweeping is due once an hour, and always where that cannot be noted', (t) => {
  const cache = scratch(t);
  const now = Date.now();
  assert.equal(isSweepDue(cache, now), true);
  assert.equal(isSweepDue(cache, now + 60_000), false);
  assert.equal(isSweepDue(cache, now + DAY), true);
  utimesSync(path.join(cache, 'swept'), new Date(now + DAY), new Date(now + DAY));
  assert.equal(isSweepDue(cache, now), true, 'the clock was set back');
  assert.equal(isSweepDue(undefined, now), true);
});

test('what is old by the clock alone goes when a second sweep finds so too: the clock may have been set', (t) => {
  const folder = scratch(t);
  const cache = scratch(t);
  const dir = trace(folder, 'of-today', 0);
  const ahead = Date.now() + 30 * DAY;
  const sweepAt = (now: number): string[] => {
    const suspects = new Suspects(cache);
    const deleted = sweepTraces('', KEPT, folder, now, suspects);
    suspects.save();
    return deleted;
  };
  assert.deepEqual(sweepAt(ahead), []);
  assert.deepEqual(sweepAt(Date.now()), [], 'the clock was set right again');
  assert.deepEqual(sweepAt(ahead), []);
  assert.deepEqual(sweepAt(ahead + DAY), [dir]);
});

test('what a running process names in its environment or on its command line stays', {
  skip: process.platform !== 'linux' && 'only Linux tells',
}, async (t) => {
  const folder = scratch(t);
  const [inEnvironment, asArgument, neither] = ['environment', 'argument', 'neither'].map((name) =>
    trace(folder, name, 40),
  ) as [string, string, string];
  const child = spawn('sleep', ['60'], { env: { ...process.env, DIR: inEnvironment } });
  const other = spawn('sh', ['-c', 'read line', asArgument]);
  t.after(() => {
    child.kill();
    other.kill();
  });
  await Promise.all([child, other].map((one) => new Promise((resolve) => one.once('spawn', resolve))));
  assert.deepEqual(sweepTraces('', KEPT, folder, undefined, { isNamed: namedByProcesses() }), [neither]);
});
