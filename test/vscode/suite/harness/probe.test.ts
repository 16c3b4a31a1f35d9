import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { inPage, itOnPage } from '../../harness/suite.ts';

describe('the harness, in the extension host', () => {
  const folder = () => vscode.workspace.workspaceFolders![0]!.uri.fsPath;

  it('activates the extension under development', async () => {
    const extension = vscode.extensions.getExtension<{ answer: number }>('forkscope-test.probe-extension');
    assert.equal((await extension!.activate()).answer, 42);
  });

  it('opens a copy of the workspace that a test may write to', async () => {
    const file = path.join(folder(), 'written.txt');
    writeFileSync(file, 'by a test');
    assert.equal((await vscode.workspace.openTextDocument(file)).getText(), 'by a test');
    assert.ok(!folder().includes(path.join('test', 'vscode')), folder());
  });

  it('has the settings for tests', () => {
    assert.equal(vscode.workspace.getConfiguration('files').get('autoSave'), 'off');
  });

  itOnPage('passes arguments and results to and from the page', async () => {
    const title = await inPage(async ({ page }, suffix) => `${await page.title()} ${suffix}`, 'here');
    assert.match(title, / here$/);
  });

  itOnPage('clicks a row of the tree', async () => {
    const text = await inPage(async (workbench) => {
      await workbench.openActivity('Probe Box');
      await workbench.rows('Alpha').first().click();
      await workbench.rows('Alpha-1').click();
      return workbench.notification('clicked Alpha-1').textContent();
    });
    assert.match(text ?? '', /clicked Alpha-1/);
  });

  itOnPage('hands errors of the page back', async () => {
    const failing = inPage(() => Promise.reject(new Error('no such thing')));
    await assert.rejects(failing, /in the page: no such thing/);
  });
});
