import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { pruneTraces, storedTraces, traceFolder } from '../../../src/extension/run/traces.ts';
import { traceName } from '../../../src/extension/sessions/sessions.ts';
import { SessionClock } from '../../../src/session/core/clock.ts';
import { SessionWriter } from '../../../src/session/launch/program.ts';
import { encodeLine } from '../../../src/trace/format/lines.ts';

const NOW = Date.now();
const HOUR = 3_600_000;

function scratch(t: { after(f: () => void): void }): string {
  const root = mkdtempSync(path.join(os.tmpdir(), 'forkscope-traces-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

/** A trace that began so many hours ago; `launcher` is the pid that writes it. */
function trace(root: string, name: string, hours: number, launcher: number): string {
  const dir = path.join(root, name);
  mkdirSync(dir);
  const writer = new SessionWriter(dir, new SessionClock(1n, NOW - hours * HOUR));
  const { clock } = writer;
  writer.write({
    type: 'session',
    version: 1,
    session: name,
    origin: String(clock.origin),
    wallClock: clock.wallClock,
    argv: [],
    cwd: root,
    launcherPid: launcher,
  });
  writer.close();
  return dir;
}

test('a trace folder is private, names its script and is always a new one', (t) => {
  const root = path.join(scratch(t), 'traces');
  const first = traceFolder(root, '/w/my app.ts', new Date(2026, 0, 5, 7, 8, 9));
  assert.equal(path.basename(first), 'my app.ts.20260105-070809');
  assert.equal(traceName(first), 'my app.ts');
  if (process.platform !== 'win32') assert.equal(statSync(root).mode & 0o777, 0o700);
  mkdirSync(first);
  const second = traceFolder(root, '/w/my app.ts', new Date(2026, 0, 5, 7, 8, 9));
  assert.equal(path.basename(second), 'my app.ts.20260105-070809-2');
  assert.equal(traceName(second), 'my app.ts');
  const given = traceFolder(root, '/w/my app.ts', new Date(2026, 0, 5, 7, 8, 9), (dir) => dir === second);
  assert.equal(path.basename(given), 'my app.ts.20260105-070809-3');
});

test('the newest ended traces are kept; living ones, those shown and those of just now are never deleted', (t) => {
  const root = scratch(t);
  const dead = 2 ** 22 + 1;
  const living = trace(root, 'living', 0, process.pid);
  const [a, b, c, shown] = [1, 2, 3, 4].map((hours) => trace(root, `t${hours}`, hours, dead));
  const fresh = path.join(root, 'fresh');
  mkdirSync(fresh);
  utimesSync(fresh, NOW / 1000 - 30, NOW / 1000 - 30);
  assert.deepEqual(
    storedTraces(root).map((s) => path.basename(s.dir)),
    ['living', 'fresh', 't1', 't2', 't3', 't4'],
  );
  const deleted = pruneTraces(root, 2, (dir) => dir === shown, NOW);
  assert.deepEqual(deleted, [b, c]);
  for (const kept of [living, a!, shown!, fresh]) assert.ok(existsSync(kept), kept);
  assert.deepEqual(
    pruneTraces(root, 0, () => true, NOW),
    [],
  );
  assert.deepEqual(
    pruneTraces(path.join(root, 'nothing'), 1, () => false, NOW),
    [],
  );
});

test('a trace whose launcher waits for a key is not said to run', (t) => {
  const root = scratch(t);
  const dir = trace(root, 'held', 0, process.pid);
  assert.deepEqual(
    storedTraces(root).map(({ live }) => live),
    [true],
  );
  const lines = readFileSync(path.join(dir, 'session.def'));
  const end = encodeLine({ seq: 1, time: 5, slot: 0, value: { type: 'end', time: 5 } });
  writeFileSync(path.join(dir, 'session.def'), Buffer.concat([lines, end]));
  assert.deepEqual(
    storedTraces(root).map(({ live }) => live),
    [false],
  );
});
