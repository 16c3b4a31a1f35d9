import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { machineId } from '../../src/session/directory/machine.ts';
import {
  hasEnded,
  isFromHere,
  isLauncherAlive,
  readSessionHead,
} from '../../src/session/directory/session-file.ts';
import { type SessionDefinition, TRACE_VERSION } from '../../src/trace/format/definitions.ts';
import { SESSION_FILE } from '../../src/trace/format/segment.ts';
import { LineWriter } from '../../src/trace/writer/line-writer.ts';
import { run } from '../cli/support.ts';
import { files, scratch } from './support.ts';

const HEAD: SessionDefinition = {
  type: 'session',
  version: TRACE_VERSION,
  session: 'test',
  origin: '0',
  wallClock: Date.now(),
  argv: [],
  cwd: '/',
  launcherPid: process.pid,
};

test('the launcher of a trace from another machine is not a process of this one', () => {
  assert.equal(isLauncherAlive(HEAD), true);
  assert.equal(isLauncherAlive({ ...HEAD, machine: machineId() }), true);
  assert.equal(isLauncherAlive({ ...HEAD, machine: 'another' }), false);
  assert.deepEqual([isFromHere(HEAD), isFromHere({ ...HEAD, machine: 'another' })], [true, false]);
});

test('a session is over with its end, though its launcher lives', (t) => {
  const dir = scratch(t);
  const lines = new LineWriter(path.join(dir, SESSION_FILE));
  lines.write(HEAD, 0);
  assert.equal(hasEnded(dir), false);
  lines.write({ type: 'killed', time: 1, reason: 'end' }, 1);
  assert.equal(hasEnded(dir), false);
  lines.write({ type: 'end', time: 2 }, 2);
  lines.close();
  assert.equal(hasEnded(dir), true);
  assert.equal(hasEnded(path.join(dir, 'nosuch')), false);
});

test('a run says on which machine it was, and that it is over', async (t) => {
  const dir = scratch(t);
  files(dir, { 'main.cjs': '' });
  const trace = path.join(dir, 'trace');
  await run(t, ['--no-report', '--trace', trace, 'main.cjs'], { cwd: dir }).ended;
  assert.equal(readSessionHead(trace)?.machine, machineId());
  assert.equal(hasEnded(trace), true);
});
