import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { COMMANDS } from '../../../../src/extension/workbench/contributions.ts';
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

  itOnPage('shows a welcome while there is nothing to show', async () => {
    const texts = await inPage(async (workbench) => {
      await workbench.openActivity('Forkscope');
      const welcome = workbench.page.locator('.sidebar .welcome-view-content');
      await welcome.waitFor();
      return welcome.locator('.monaco-button, a').allTextContents();
    });
    assert.deepEqual(texts, ['Run with Tracing', 'Open Trace…', 'Take the tour']);
  });
});
