import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { until } from '../../session/support.ts';
import { openVsCode, repository, type VsCode } from '../harness/page.ts';

/** Three processes that stop in the debugger, and then run until they are ended. */
const THREE = `import { fork } from 'node:child_process';
enum Role { parent = 'parent', child = 'child' }
const [, script = '', name = ''] = process.argv;
const role: Role = name === '' ? Role.parent : Role.child;
if (role === Role.parent) for (const child of ['one', 'two']) fork(script, [child]);
debugger;
setInterval(() => {}, 1e9);
`;

/** Command lines by pid; of the machine's processes those that name a folder. */
function processesThatName(folder: string): Map<number, string> {
  const found = new Map<number, string>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      if (command.includes(folder)) found.set(Number(pid), command);
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

describe('a reload of the window while a program is debugged under trace', () => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-reload-'));
  const userDataDir = path.join(scratch, 'user');
  let code: VsCode;
  const debugged = () =>
    [...processesThatName(code.folder)].filter(([, command]) => command.includes('.mts'));

  before(async () => {
    const workspace = path.join(scratch, 'three');
    mkdirSync(workspace);
    writeFileSync(path.join(workspace, 'three.mts'), THREE);
    // The debugger's own view would take the tree's place, and what is hidden is not drawn.
    const settings = { 'debug.openDebug': 'neverOpen' };
    code = await openVsCode({ workspace, settings, userDataDir, development: [repository] });
  });
  after(async () => {
    for (const [pid] of debugged()) process.kill(pid, 'SIGKILL');
    await code?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('ends what the debugger had, which the tree says: nobody lives on unseen, and nothing is called a finding', async () => {
    const { workbench } = code;
    const { page } = workbench;
    await workbench.openFile('three.mts');
    await page.locator('.editor-actions [aria-label^="Run with Tracing"]').first().waitFor();
    await workbench.runCommand('Forkscope: Debug with Tracing');
    await workbench.openActivity('Forkscope');
    await workbench
      .rows(/^three\.mts.*paused in the debugger/)
      .nth(2)
      .waitFor();
    assert.ok(debugged().length >= 3, JSON.stringify(debugged()));
    const attends = () => [...processesThatName(userDataDir)].filter(([, line]) => line.includes(' attend '));
    assert.equal(attends().length, 1);
    await workbench.screenshot('debugging-before-reload');

    await page.evaluate('window.isOldWindow = true');
    await page.reload({ waitUntil: 'commit' });
    await page.waitForFunction('window.isOldWindow === undefined');
    await workbench.ready();
    await workbench.openActivity('Forkscope');
    // All of them, and each only once. Nobody is there who could tell of the first one by what it was ended.
    await workbench
      .rows(/^three\.mts.*(ended|killed by)/)
      .nth(2)
      .waitFor();
    await workbench.screenshot('debugging-after-reload');
    assert.equal(await workbench.rows(/paused/).count(), 0);
    assert.equal(await workbench.rows(/^three\.mts/).count(), 3);
    await until('all of them to be gone', () => debugged().length + attends().length === 0);
    assert.equal(await workbench.notification(/./).count(), 0, 'no finding');
    assert.equal(await workbench.status(/Deadlock|found/).count(), 0);
    assert.equal(await page.locator('.debug-toolbar').count(), 0);
  });

  it('debugs it anew then', async () => {
    const { workbench } = code;
    await workbench.openFile('three.mts');
    await workbench.runCommand('Forkscope: Debug with Tracing');
    await workbench.openActivity('Forkscope');
    await workbench
      .rows(/^three\.mts.*paused in the debugger/)
      .nth(2)
      .waitFor();
    await workbench.runCommand('Debug: Stop');
    await workbench
      .rows(/paused/)
      .first()
      .waitFor({ state: 'detached' });
    await until('all of them to be gone', () => debugged().length === 0);
  });
});
