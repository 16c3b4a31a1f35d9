import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { COMMANDS, RUN_KEY } from '../../../../src/extension/workbench/contributions.ts';
import { inPage, itOnPage } from '../../harness/suite.ts';
import { forkscope, until } from './support.ts';

describe('activation', () => {
  it('happens by itself after the start, without a click', async () => {
    const extension = vscode.extensions.getExtension('forkscope.forkscope');
    await until('the extension to be active', () => extension?.isActive);
  });

  it('registers every command that package.json contributes', async () => {
    await forkscope();
    const known = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      Object.keys(COMMANDS).filter((command) => !known.has(command)),
      [],
    );
  });

  it('uses no proposed API and runs where the workspace is', async () => {
    const extension = vscode.extensions.getExtension('forkscope.forkscope');
    assert.equal(extension?.extensionKind, vscode.ExtensionKind.Workspace);
    assert.equal(extension?.packageJSON.enabledApiProposals, undefined);
  });

  it('runs scripts by keys that no default of the editor has', async () => {
    const uri = vscode.Uri.parse('vscode://defaultsettings/keybindings.json');
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    const owners = [...text.matchAll(/"key": "([^"]*)",\s*"command": "([^"]*)"/g)].filter(
      ([, key]) => key === RUN_KEY,
    );
    assert.ok(/"key": "f5"/.test(text), 'the defaults are there');
    assert.deepEqual([...new Set(owners.map(([, , command]) => command))], ['forkscope.runWithTracing']);
  });

  itOnPage('shows a welcome while there is nothing to show', async () => {
    const texts = await inPage(async (workbench) => {
      await workbench.openActivity('Forkscope');
      const welcome = workbench.page.locator('.sidebar .welcome-view-content');
      // Whether the folder is trusted the window knows a moment later.
      await welcome.getByText('Run with Tracing').waitFor();
      return welcome.locator('.monaco-button, a').allTextContents();
    });
    assert.deepEqual(texts, [
      'Run with Tracing',
      'Open Trace…',
      'Inspect Running Program…',
      'Take the tour',
      'open an example',
    ]);
  });
});
