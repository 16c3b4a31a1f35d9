import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { axeProblems } from '../../browser/support/axe.ts';
import { writeTrace } from '../../extension/write-trace.ts';
import { TraceBuilder } from '../../model/builder.ts';
import { openVsCode, repository, type VsCode, type Workbench } from '../harness/page.ts';

const workspace = path.join(repository, 'test/vscode/workspaces/plain');

async function openFile(workbench: Workbench, name: string): Promise<void> {
  await workbench.page.keyboard.press('Control+P');
  await workbench.page.locator('.quick-input-widget input.input').fill(name);
  await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click();
  await workbench.tab(name).waitFor();
}

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
    await openFile(workbench, 'deadlock.ts');
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

describe('a folder that is not trusted', () => {
  let code: VsCode;
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-untrusted-'));
  before(async () => {
    const settings = { 'security.workspace.trust.startupPrompt': 'never' };
    const options = { workspace, examples: true, workspaceTrust: true, settings };
    code = await openVsCode({ ...options, development: [repository] });
  });
  after(async () => {
    await code?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('does not run programs, and says where trust is managed', async () => {
    const { workbench } = code;
    await workbench.status('Restricted Mode').waitFor();
    await workbench.openActivity('Forkscope');
    const welcome = workbench.page.locator('.sidebar .welcome-view-content');
    await welcome.getByText('Manage Workspace Trust').waitFor();
    assert.deepEqual(await welcome.locator('.monaco-button').allTextContents(), [
      'Open Trace…',
      'Manage Workspace Trust',
    ]);
    await openFile(workbench, 'deadlock.ts');
    await workbench.page.keyboard.press('F1');
    await workbench.page.locator('.quick-input-widget input.input').fill('>Forkscope: ');
    const entries = workbench.page.locator('.quick-input-list .monaco-list-row');
    await entries.filter({ hasText: 'Forkscope: Open Trace…' }).first().waitFor();
    assert.equal(await entries.filter({ hasText: 'Forkscope: Run with Tracing' }).count(), 0);
    await workbench.page.keyboard.press('Escape');
    assert.equal(await workbench.page.locator('.editor-actions [aria-label^="Run with Tracing"]').count(), 0);
    await workbench.screenshot('untrusted');
  });

  it('opens traces', async () => {
    const { workbench } = code;
    const trace = new TraceBuilder();
    const main = trace.root({ pid: 31, file: '/w/app.ts' });
    main.exit(4);
    const dir = path.join(scratch, 'app.ts');
    writeTrace(dir, trace.items, { launcherPid: 2 ** 22 + 1 });
    const row = workbench.rows('exit code 4').first();
    // The palette, which is the same widget, may not have closed yet: only the dialog has this button.
    const dialog = workbench.page.locator('.quick-input-widget');
    const open = dialog.getByText('Open', { exact: true });
    const input = dialog.locator('input.input');
    // Whatever takes the focus closes the dialog, and until it has looked into the folder it does not take it.
    for (let i = 0; i < 20 && !(await row.isVisible()); i++) {
      if (!(await open.isVisible())) {
        await workbench.runCommand('Forkscope: Open Trace…');
        await workbench.pick('Folder…');
        await open.waitFor();
      }
      await input.fill(`${dir}/`, { timeout: 1_000 }).catch(() => undefined);
      await open.click({ timeout: 1_000 }).catch(() => undefined);
      await row.waitFor({ timeout: 3_000 }).catch(() => undefined);
    }
    await row.waitFor();
    assert.match((await row.textContent()) ?? '', /^app\.tsexit code 4/);
  });
});
