import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Session } from '../../src/session/index.ts';
import { files, launched, ROOT, scratch, until } from './support.ts';

const PROGRAM = `const { fork } = require('node:child_process');
if (process.argv[2] === undefined) fork(__filename, ['child']);
setInterval(() => {}, 1e9);
`;
/** A window whose debugger holds a process, and that goes away without a word. */
const WINDOW = `import { Witness } from ${JSON.stringify(path.join(ROOT, 'src/session/directory/witness.ts'))};
const [, , dir = '', pid] = process.argv;
Witness.of(dir)?.tell('paused', Number(pid), 'debugger');
console.log('told');
setInterval(() => {}, 1e9);
`;

async function windowThatHolds(t: TestContext, dir: string, trace: string, pid: number) {
  files(dir, { 'window.mts': WINDOW });
  const args = ['--import', 'tsx', path.join(dir, 'window.mts'), trace, String(pid)];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('what a window held goes on when the window is gone, and what another one holds does not', async (t) => {
  const dir = scratch(t);
  files(dir, { 'main.cjs': PROGRAM });
  const program = await launched(t, dir, { kind: 'script', file: path.join(dir, 'main.cjs'), args: [] });
  const session = Session.open(program.dir, {});
  t.after(() => session.close());
  const paused = () => session.model.processes().map((process) => process.paused);
  const [first, second] = await until('two processes', () => {
    const pids = session.model.processes().map(({ pid }) => pid);
    return pids.length === 2 && pids;
  });
  const lost = await windowThatHolds(t, dir, program.dir, first ?? 0);
  await windowThatHolds(t, dir, program.dir, second ?? 0);
  await until('both are held', () => paused().every((by) => by === 'debugger'));
  lost.kill('SIGKILL');
  await until('the first one goes on', () => paused()[0] === null);
  assert.deepEqual(paused(), [null, 'debugger']);
});
