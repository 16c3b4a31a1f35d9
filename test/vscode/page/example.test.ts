import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openVsCode, repository, type VsCode } from '../harness/page.ts';

const workspace = path.join(repository, 'test/vscode/workspaces/plain');

describe('the example, in an empty window', () => {
  let code: VsCode;
  let folder = '';
  before(async () => {
    code = await openVsCode({ development: [repository] });
  });
  after(async () => {
    await code?.close();
    if (path.basename(folder) === 'forkscope-example')
      rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  it('is copied, opened with its README beside the program, and run by keys: it hangs, and why is found', async () => {
    const { workbench } = code;
    const { page } = workbench;
    await workbench.runCommand('Forkscope: Open Example…');
    const opened = page.waitForURL(/forkscope-example/, { waitUntil: 'commit' });
    await workbench.pick('In a temporary folder');
    await opened;
    folder = new URL(page.url()).searchParams.get('folder') ?? '';
    assert.ok(existsSync(path.join(folder, 'src', 'main.ts')), page.url());
    await workbench.ready();
    await workbench.tab('main.ts').waitFor();
    const readme = await workbench.webview('h1');
    await readme.getByText('It hangs. Find out why').waitFor();
    const tree = page.locator('.sidebar .composite.title', { hasText: /Forkscope/i });
    // The README takes the focus when it is drawn, maybe between the two keys; the tree is shown as soon as they were heard.
    for (let i = 0; i < 5 && !(await tree.isVisible()); i++) {
      await page.locator('.editor-instance .view-lines').first().click();
      await page.keyboard.press('Control+K');
      await page.keyboard.press('F5');
      await tree.waitFor({ timeout: 15_000 }).catch(() => undefined);
    }
    await workbench.notification('Deadlock in main.ts').waitFor();
    await workbench.rows('ann').last().waitFor();
    await workbench.screenshot('example');
    await workbench.notification('Deadlock in main.ts').getByRole('button', { name: 'Inspect' }).click();
    const chain = await workbench.webview('#inspection .chain');
    assert.deepEqual(await chain.locator('.link .place').first().textContent(), 'accounts.ts:7');
    await workbench.screenshot('example-inspected');
    await workbench.runCommand('Forkscope: Stop');
    await workbench
      .rows(/killed by SIG|exit code/)
      .first()
      .waitFor();
  });
});

describe('the example, in a window with a folder', () => {
  let code: VsCode;
  before(async () => {
    code = await openVsCode({ workspace, development: [repository] });
  });
  after(() => code?.close());

  it('is added to what is open, and shown when the window has become one of several folders', async () => {
    const { workbench } = code;
    await workbench.runCommand('Forkscope: Open Example…');
    await workbench.pick('added to this window');
    await workbench.tab('main.ts').waitFor();
    const readme = await workbench.webview('h1');
    await readme.getByText('It hangs. Find out why').waitFor();
    await workbench.page.keyboard.press('Control+Shift+E');
    await workbench.rows('forkscope-example').first().waitFor();
    await workbench.rows('plain').first().waitFor();
    await workbench.screenshot('example-added');
  });
});
