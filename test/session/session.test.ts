import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Finding } from '../../src/model/index.ts';
import { makeReport } from '../../src/model/report/index.ts';
import type { Program } from '../../src/session/launch/program.ts';
import { Session } from '../../src/session/tail/session.ts';
import { files, launched, ROOT, scratch, until } from './support.ts';

function traced(t: TestContext, script: string, args: string[] = []): Promise<Program> {
  return launched(t, scratch(t), { kind: 'script', file: path.join(ROOT, script), args });
}

test('what is seen live is what a replay says, and the end is told', async (t) => {
  const program = await traced(t, 'examples/queue.ts');
  const session = Session.open(program.dir);
  t.after(() => session.close());
  let changes = 0;
  let ended = 0;
  session.onChanged(() => changes++);
  session.onEnd(() => ended++);
  assert.equal(session.live, true);
  assert.deepEqual(await program.exited, { exitCode: 0, signal: null });
  await program.finish();
  // Nobody says so: the end stands in the trace.
  await until('the session ends by itself', () => ended === 1);
  assert.equal(session.live, false);
  assert.ok(changes > 2, `${changes} changes`);
  const replay = Session.open(program.dir);
  t.after(() => replay.close());
  assert.deepEqual(makeReport(session.model), makeReport(replay.model));
  assert.equal(makeReport(replay.model).channels.find(({ name }) => name === 'urls')?.received, 6);
  const parts = path.join(path.dirname(program.dir), 'copied');
  cpSync(program.dir, parts, { recursive: true });
  const copy = Session.open(parts);
  t.after(() => copy.close());
  assert.deepEqual(makeReport(copy.model), makeReport(replay.model), 'a trace is a folder to copy');
});

test('a deadlock is told once while it lasts, to those who come late as well, and a kill of the tree ends all', async (t) => {
  const program = await traced(t, 'examples/deadlock.ts');
  const session = Session.open(program.dir);
  t.after(() => session.close());
  const told: Finding[] = [];
  session.onFinding((finding) => told.push(finding));
  const deadlock = await until('the deadlock', () => told.find(({ certainty }) => certainty === 'certain'));
  assert.equal(deadlock.kind, 'lock-cycle');
  const late = Session.open(program.dir);
  t.after(() => late.close());
  assert.equal(late.live, true);
  await until('somebody who attaches later sees it', () =>
    late.findings().some(({ id, certainty }) => id === deadlock.id && certainty === 'certain'),
  );
  assert.deepEqual(await program.kill('test'), []);
  assert.equal((await program.exited).signal, 'SIGINT');
  await program.finish();
  session.finish();
  assert.deepEqual(program.left, []);
  assert.equal(told.filter(({ id, certainty }) => id === deadlock.id && certainty === 'certain').length, 1);
  assert.equal(
    session.model.processes().every(({ end }) => end !== null),
    true,
  );
});

test('a child that is not Node is seen from outside, with its parent, CPU and memory, until it is gone', async (t) => {
  if (process.platform === 'win32') return t.skip('needs sh');
  const dir = scratch(t);
  files(dir, {
    'main.cjs': "require('node:child_process').spawn('sh', ['-c', 'sleep 30; :'], { stdio: 'ignore' })",
  });
  const target = { kind: 'script', file: path.join(dir, 'main.cjs'), args: [] } as const;
  const program = await launched(t, dir, target, { traced: (pid) => session?.tracedThreads(pid) });
  const session = Session.open(program.dir);
  t.after(() => session.close());
  const named = (name: string) => session.model.processes().find((process) => process.name === name);
  const sleep = await until('sleep below sh', () => named('sleep'));
  const shell = await until('its shell', () => named('sh'));
  assert.equal(sleep.parent, shell.id);
  assert.equal(shell.parent, named('main.cjs')?.id);
  assert.equal(sleep.instrumented, false);
  assert.notEqual(sleep.reason, '');
  await until('samples', () => (named('main.cjs')?.memory ?? 0) > 1e6 && named('sleep')?.memory !== null);
  process.kill(sleep.pid, 'SIGKILL');
  await until('it is gone', () => named('sleep')?.end !== null);
});
