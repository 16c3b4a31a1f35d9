import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { codeOf } from '../../src/base/errors.ts';
import { Session } from '../../src/session/index.ts';
import type { Invitation } from '../../src/session/launch/attendant.ts';
import { BUNDLES, files, scratch, until } from '../session/support.ts';

/** A child that has the lock, and one that waits for it. */
const PROGRAM = `import { isMain, Lock, Process, Queue } from 'forkscope';
export async function child(lock, queue) {
  await lock.acquire();
  await queue.put('it has it');
  setInterval(() => {}, 1e9);
}
if (isMain(import.meta)) {
  const [lock, queue] = [new Lock({ name: 'held' }), new Queue()];
  await new Process({ target: child, args: [lock, queue], name: 'holds' }).start();
  await queue.get();
  await new Process({ target: child, args: [lock, queue], name: 'waits' }).start();
}
`;

/** A program that a debugger has started, as the editor does it. */
async function debugged(t: TestContext) {
  const dir = scratch(t);
  files(dir, { 'main.mjs': PROGRAM });
  const [trace, main] = [path.join(dir, 'trace'), path.join(dir, 'main.mjs')];
  const env = { ...process.env, NODE_OPTIONS: '', FORKSCOPE_CACHE_DIR: path.join(dir, 'cache'), TMPDIR: dir };
  const cli = path.join(BUNDLES, 'cli.js');
  const attendant = spawn(
    process.execPath,
    [cli, 'attend', '--trace', trace, '--node', process.execPath, main],
    {
      cwd: dir,
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const [line] = await once(createInterface({ input: attendant.stdout }), 'line');
  const invitation: Invitation = JSON.parse(line);
  const program: ChildProcess = spawn(invitation.file, [...invitation.execArgv, main], {
    cwd: dir,
    env: { ...env, ...invitation.env },
    stdio: 'ignore',
  });
  const session = Session.open(trace, {});
  t.after(() => {
    session.close();
    for (const child of [program, attendant]) child.kill('SIGKILL');
  });
  const named = (name: string) => session.model.processes().find((one) => one.name === name);
  await until('one to hold it, and one to wait', () => {
    const waits = named('waits')?.threads.flatMap((thread) => thread.waits) ?? [];
    return named('holds') && waits.some(({ resource }) => resource !== null);
  });
  return { attendant, session, named, program };
}

function endIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    assert.equal(codeOf(error), 'ESRCH');
  }
}

test('whoever is ended with the window that debugs is no finding', async (t) => {
  const { attendant, session, named, program } = await debugged(t);
  attendant.stdin.end();
  // One after the other, as the helpers of the debugger do it.
  process.kill(named('holds')?.pid ?? 0, 'SIGTERM');
  await until('the holder to be gone', () => named('holds')?.end !== null);
  // The other one may have ended by the error that its owner has left it.
  endIfThere(named('waits')?.pid ?? 0);
  program.kill('SIGTERM');
  await once(attendant, 'exit');
  await until('the end of the session', () => !session.live);
  assert.deepEqual(session.findings(), []);
});

test('whoever is ended while the window is there is one', async (t) => {
  const { session, named } = await debugged(t);
  process.kill(named('holds')?.pid ?? 0, 'SIGTERM');
  await until('the finding', () => session.findings().some(({ kind }) => kind === 'owner-died'));
  endIfThere(named('waits')?.pid ?? 0);
});
