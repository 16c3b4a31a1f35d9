import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openVsCode, repository, type VsCode } from '../harness/page.ts';

const trace = path.join(repository, 'test/fixtures/traces/v1-deadlock');

/** Tells where it runs, and waits where it is told so. In TypeScript that is to be compiled, with the runtime that nobody installed. */
const ALONE = `import { writeFileSync } from 'node:fs';
import { isMain, Process } from 'forkscope';

enum Answer { right = 42 }

export function child(): void {
  process.exitCode = Answer.right;
}

if (isMain(import.meta)) {
  const p = new Process({ target: child, name: 'the child' });
  await p.start();
  await p.join();
  writeFileSync('note.json', JSON.stringify({ cwd: process.cwd(), exitCode: p.exitCode }));
}
`;
const STAYS = `console.log('@ready');
setInterval(() => {}, 1e9);
`;

describe('a window without a folder', () => {
  const scratch = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'forkscope-alone-')));
  const file = (name: string) => path.join(scratch, name);
  let code: VsCode;
  let program: ChildProcess | undefined;

  before(async () => {
    writeFileSync(file('alone.mts'), ALONE);
    writeFileSync(file('stays-alone.cjs'), STAYS);
    code = await openVsCode({ development: [repository] });
  });
  after(async () => {
    program?.kill('SIGKILL');
    await code?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  const button = (name: string) =>
    code.workbench.page.locator('.sidebar .welcome-view-content').getByRole('button', { name });
  const note = () => JSON.parse(readFileSync(file('note.json'), 'utf8'));

  it('says in the empty tree what can be done', async () => {
    const { workbench } = code;
    await workbench.openActivity('Forkscope');
    const welcome = workbench.page.locator('.sidebar .welcome-view-content');
    await welcome.getByText('Run with Tracing').waitFor();
    assert.deepEqual(await welcome.locator('.monaco-button, a').allTextContents(), [
      'Run with Tracing',
      'Open Trace…',
      'Inspect Running Program…',
      'Take the tour',
      'open an example',
    ]);
    await workbench.screenshot('empty-window');
  });

  it('runs a single file, which is asked for, in the folder of the file', async () => {
    const { workbench } = code;
    await button('Run with Tracing').click();
    await workbench.chooseFile(file('alone.mts'), 'Run');
    await workbench
      .rows(/^alone\.mtsexit code 0/)
      .first()
      .waitFor();
    await workbench
      .rows(/^the childexit code 42/)
      .first()
      .waitFor();
    assert.deepEqual(note(), { cwd: scratch, exitCode: 42 });
  });

  it('debugs a single file that is open, in the folder of the file', async () => {
    const { workbench } = code;
    rmSync(file('note.json'));
    await workbench.runCommand('File: Open File...');
    await workbench.chooseFile(file('alone.mts'), 'OK');
    await workbench.tab('alone.mts').waitFor();
    await workbench.runCommand('Forkscope: Debug with Tracing');
    await workbench.openActivity('Forkscope');
    await workbench
      .rows(/^the childexit code 42/)
      .nth(1)
      .waitFor();
    assert.deepEqual(note(), { cwd: scratch, exitCode: 42 });
  });

  it('finds what runs again after a reload, and stops it', async () => {
    const { workbench } = code;
    await workbench.runCommand('File: Open File...');
    await workbench.chooseFile(file('stays-alone.cjs'), 'OK');
    await workbench.page.locator('.editor-actions [aria-label^="Run with Tracing"]').first().click();
    await workbench.openActivity('Forkscope');
    const row = workbench.rows(/^stays-alone\.cjsidle/).first();
    await row.waitFor();
    await workbench.reload();
    await workbench.openActivity('Forkscope');
    await row.waitFor();
    await workbench.runCommand('Forkscope: Stop');
    await workbench
      .rows(/^stays-alone\.cjskilled by/)
      .first()
      .waitFor();
  });

  it('opens what was run here, and any other trace', async () => {
    const { workbench } = code;
    await workbench.runCommand('Forkscope: Clear Ended Sessions');
    await button('Open Trace…').click();
    const stored = workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'alone.mts' });
    await stored.nth(1).waitFor();
    await stored.first().click();
    await workbench
      .rows(/^the childexit code 42/)
      .first()
      .waitFor();
    await workbench.runCommand('Forkscope: Open Trace…');
    await workbench.pick('Folder…');
    await workbench.chooseFile(`${trace}/`, 'Open');
    await workbench.rows('alice-to-bob').first().waitFor();
  });

  it('looks into a program that runs', async () => {
    const { workbench } = code;
    const { page } = workbench;
    const started = spawn('node', [file('stays-alone.cjs')], { stdio: ['ignore', 'pipe', 'ignore'] });
    program = started;
    await new Promise((resolve) => started.stdout.once('data', resolve));
    await workbench.runCommand('Forkscope: Inspect Running Program…');
    await workbench.pick('stays-alone.cjs');
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.getByRole('button', { name: 'Look Into It' }).click();
    await page.locator('.part.panel', { hasText: 'As of' }).waitFor();
    await workbench.tab('Look into stays-alone').waitFor();
    assert.equal(started.exitCode, null);
  });
});
