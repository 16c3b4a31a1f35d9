import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import { cleanUp, forkscope, isAlive, nodes, pidOf, rows, until } from '../extension/support.ts';

describe('the packaged extension in a clean VS Code', () => {
  let api: ForkscopeApi;
  before(async () => {
    api = await forkscope();
  });
  after(() => cleanUp(api));

  it('has no node_modules beside it', () => {
    const extension = vscode.extensions.getExtension('forkscope.forkscope');
    assert.ok(extension);
    assert.ok(!existsSync(path.join(extension.extensionPath, 'node_modules')));
    assert.ok(!existsSync(path.join(extension.extensionPath, 'src')));
  });

  it('traces a script that imports forkscope without having installed it, down to its deadlock', async () => {
    const root = vscode.workspace.workspaceFolders?.[0]?.uri;
    assert.ok(root);
    assert.ok(!existsSync(path.join(root.fsPath, 'node_modules')));
    const script = vscode.Uri.joinPath(root, 'examples', 'deadlock.ts');
    const dir = await vscode.commands.executeCommand<string>('forkscope.runWithTracing', script);
    const expected = [
      'deadlock.ts | waits for the end of alice-to-bob',
      'alice-to-bob | waits for lock bob, held by bob-to-alice',
      'bob-to-alice | waits for lock alice, held by alice-to-bob',
    ];
    await until('the rows', () => {
      const shown = rows(api, dir);
      return expected.every((row) => shown.includes(row)) || assert.fail(shown.join('\n'));
    });
    await until('the badge', () => api.view.badge?.value === 1);
    await vscode.commands.executeCommand('forkscope.inspect');
    const lines = () =>
      vscode.window.visibleTextEditors
        .map((e) => `${e.viewColumn}:${e.selection.active.line + 1}`)
        .sort()
        .join(' ');
    await until('the two lines', () => lines() === '1:10 2:6' || assert.fail(lines()));
    const pids = nodes(api, dir)
      .filter((n) => n.target.kind === 'process')
      .map(pidOf);
    await vscode.commands.executeCommand('forkscope.stop');
    await until('the end of all processes', () => pids.every((pid) => !isAlive(pid)));
  });
});
