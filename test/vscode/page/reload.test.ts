import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { axeProblems } from '../../browser/support/axe.ts';
import { openVsCode, repository, type VsCode, type Workbench } from '../harness/page.ts';

const workspace = path.join(repository, 'test/vscode/workspaces/plain');

/** Pid in the label that a screen reader says of a row. */
async function pidOf(workbench: Workbench, row: string): Promise<number> {
  const label = await workbench.rows(row).first().getAttribute('aria-label');
  return Number(/process id (\d+)/.exec(label ?? '')?.[1]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a reload of the window', () => {
  let code: VsCode;
  let pids: number[] = [];
  before(async () => {
    code = await openVsCode({ workspace, examples: true, development: [repository] });
  });
  after(async () => {
    for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    await code?.close();
  });

  it('finds the live session again, with its terminal, and does not tell its deadlock twice', async () => {
    const { workbench } = code;
    await workbench.activity('Forkscope').waitFor();
    await workbench.openFile('deadlock.ts');
    // The button comes when the window knows that its folder is trusted.
    await workbench.page.locator('.editor-actions [aria-label^="Run with Tracing"]').first().click();
    await workbench.notification('Deadlock in deadlock.ts').waitFor();
    await workbench.rows('alice-to-bob').last().waitFor();
    pids = [await pidOf(workbench, 'alice-to-bobwaits'), await pidOf(workbench, 'bob-to-alicewaits')];
    assert.ok(pids.every(isAlive), String(pids));
    const inspect = workbench
      .notification('Deadlock in deadlock.ts')
      .getByRole('button', { name: 'Inspect' });
    await inspect.click();
    const shown = await workbench.webview('#inspection .chain');
    assert.deepEqual(await axeProblems(shown, 'var(--vscode-sideBar-background)'), []);

    await workbench.reload();
    await workbench.status('Deadlock').waitFor();
    await workbench.page.locator('.part.panel', { hasText: 'Forkscope: deadlock.ts' }).waitFor();
    await workbench.openActivity('Forkscope');
    await workbench.rows('bob-to-alicewaits').first().waitFor();
    assert.deepEqual(pids, [
      await pidOf(workbench, 'alice-to-bobwaits'),
      await pidOf(workbench, 'bob-to-alicewaits'),
    ]);
    assert.equal(await workbench.notification('Deadlock in deadlock.ts').count(), 0);
    const inspection = await workbench.webview('#inspection .chain');
    assert.equal(await inspection.locator('.link').count(), 2, 'what was inspected is shown again');
    await workbench.screenshot('reloaded');
  });

  it('stops it then, by the button of the view', async () => {
    const { workbench } = code;
    await workbench.rows('deadlock.tsdeadlocked').first().hover();
    await workbench.page.locator('.sidebar .actions-container a[aria-label^="Stop"]').first().click();
    await workbench
      .rows(/killed by SIG|exit code/)
      .first()
      .waitFor();
    await workbench.rows('alice-to-bob').first().waitFor();
    for (let i = 0; i < 200 && pids.some(isAlive); i++) await workbench.page.waitForTimeout(100);
    assert.ok(!pids.some(isAlive));
  });
});
