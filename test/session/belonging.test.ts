// Which processes an action on a session may end: those that show themselves that they belong to it, whatever its trace says.
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { processesOf } from '../../src/session/os/belonging.ts';
import { LinuxProcessTable } from '../../src/session/os/linux.ts';
import { Session } from '../../src/session/tail/session.ts';
import { SessionFile } from '../extension/write-trace.ts';
import { isRunning, scratch, start, until } from './support.ts';

const SLEEP = 'console.log(process.pid); setInterval(() => {}, 1e9)';
const WITH_BARE_CHILD = `const { spawn } = require('node:child_process');
spawn(process.execPath, ['-e', ${JSON.stringify(SLEEP)}], { env: {}, stdio: 'inherit' });
${SLEEP}`;
const SKIP = { skip: !LinuxProcessTable.isUsable() && 'the system does not show environments' };

/** The pids that it prints. */
async function pidsOf(t: TestContext, script: string, count: number, mark?: object): Promise<number[]> {
  const env = { ...process.env, ...(mark && { FORKSCOPE_SESSION: JSON.stringify(mark) }) };
  const ran = start(t, process.execPath, ['-e', script], { env });
  return until('the pids', () => {
    const pids = ran.out().trim().split('\n').filter(Boolean).map(Number);
    return pids.length === count && pids;
  });
}

const found = async (...args: Parameters<typeof processesOf>) =>
  (await processesOf(...args)).map(({ pid }) => pid).sort((a, b) => a - b);

test('a trace that looks live and names a stranger gives nobody to end', SKIP, async (t) => {
  const [stranger = 0] = await pidsOf(t, SLEEP, 1);
  const dir = path.join(scratch(t), 'crafted');
  const file = new SessionFile(dir, { launcherPid: stranger });
  t.after(() => file.close());
  const time = file.now();
  file.write({ type: 'rootStart', time, pid: stranger, spawnKey: 'k', argv: ['node', 'main.js'] });
  file.write({ type: 'osProcess', time, pid: stranger, ppid: 1, name: 'x', command: 'x' });
  const session = Session.open(dir);
  t.after(() => session.close());
  assert.ok(session.live);
  await until('the stranger in the trace', () => {
    session.refresh();
    return session.model.processes().some(({ pid, end }) => pid === stranger && end === null);
  });
  assert.deepEqual(await found({ dir, session: 'test' }), []);
  assert.ok(isRunning(stranger));
});

test('who was started for the folder and the session belongs, with all below', SKIP, async (t) => {
  const dir = scratch(t);
  const other = scratch(t);
  const link = path.join(other, 'link');
  symlinkSync(dir, link);
  const own = await pidsOf(t, WITH_BARE_CHILD, 2, { dir, session: 'mine' });
  await pidsOf(t, SLEEP, 1, { dir, session: 'an older one' });
  await pidsOf(t, SLEEP, 1, { dir: other, session: 'mine' });
  await pidsOf(t, SLEEP, 1, {});
  own.sort((a, b) => a - b);
  assert.deepEqual(await found({ dir, session: 'mine' }), own);
  assert.deepEqual(await found({ dir: link, session: 'mine' }), own);
});

test('who was started by the launcher that the asker knows belongs; the launcher does not', async (t) => {
  const pids = await pidsOf(t, WITH_BARE_CHILD, 2);
  const launcher = Math.min(...pids);
  const below = pids.filter((pid) => pid !== launcher);
  assert.deepEqual(await found({ dir: scratch(t), session: 'mine', launcher }), below);
});
