// What is told of processes that no shim reports from, as the system knows them.
import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { makeReport } from '../../src/model/report/index.ts';
import type { Report } from '../../src/model/types/index.ts';
import type { LaunchTarget } from '../../src/session/launch/target.ts';
import { LinuxProcessTable } from '../../src/session/os/linux.ts';
import { Session } from '../../src/session/tail/session.ts';
import { files, launched, scratch } from './support.ts';

const SKIP = { skip: !LinuxProcessTable.isUsable() && 'the system does not tell' };

async function reportOf(t: TestContext, dir: string, target: LaunchTarget): Promise<Report> {
  const program = await launched(t, dir, target, { cwd: dir });
  await program.exited;
  await program.finish();
  const session = Session.open(program.dir);
  t.after(() => session.close());
  session.finish();
  return makeReport(session.model);
}

test(
  'a process that is seen from outside has its words one by one, and began before it was noticed',
  SKIP,
  async (t) => {
    const dir = scratch(t);
    // What a shell starts nobody tells of; the shell lives on, so that it does not become it.
    files(dir, { 'shell.sh': "sleep 2.5 & sh -c 'sleep 2; :' 'two words' ''\nwait\n" });
    const begin = performance.now();
    const { processes } = await reportOf(t, dir, { kind: 'command', command: 'sh', args: ['shell.sh'] });
    const took = (performance.now() - begin) * 1e6;
    const inner = processes.find(({ argv }) => argv[1] === '-c');
    assert.deepEqual(inner?.argv, ['sh', '-c', 'sleep 2; :', 'two words']);
    const sleeper = processes.find(({ argv }) => argv[1] === '2.5');
    // It was noticed by the second look, after more than a second, when less than 1.5 s of it were left.
    assert.ok((sleeper?.end ?? took) - (sleeper?.start ?? took) > 2.2e9, JSON.stringify(sleeper));
  },
);

test('a shell that becomes its last command began before its own children', SKIP, async (t) => {
  const dir = scratch(t);
  files(dir, { 'first.js': 'setTimeout(() => {}, 500)', 'last.js': '0' });
  const node = JSON.stringify(process.execPath);
  const shell = `${node} ${path.join(dir, 'first.js')}; exec ${node} ${path.join(dir, 'last.js')}`;
  const main = `require('node:child_process').exec(${JSON.stringify(shell)}, { shell: '/bin/bash' })`;
  files(dir, { 'main.cjs': main });
  for (const target of [
    { kind: 'script', file: path.join(dir, 'main.cjs'), args: [] },
    { kind: 'command', command: 'bash', args: ['-c', shell] },
  ] as const) {
    const { processes } = await reportOf(t, scratch(t), target);
    const first = processes.find(({ program }) => program === 'first.js');
    const last = processes.find(({ program }) => program === 'last.js');
    assert.ok(first && last);
    assert.equal(first.parent, last.id);
    assert.ok(last.start <= first.start, `${last.start} ${first.start}`);
    assert.ok((last.end ?? 0) - last.start > 0.5e9);
  }
});

test('a short Node that got no environment is a Node, and was not seen', SKIP, async (t) => {
  const dir = scratch(t);
  const args = JSON.stringify(['-i', '-u', 'X', 'A=1', process.execPath, '-e', '0']);
  files(dir, { 'main.cjs': `require('node:child_process').spawn('env', ${args})` });
  const { processes } = await reportOf(t, dir, {
    kind: 'script',
    file: path.join(dir, 'main.cjs'),
    args: [],
  });
  const child = processes.find(({ parent }) => parent !== null);
  assert.equal(child?.reason, 'ended before the tracer was loaded in it, or was started without it');
});
