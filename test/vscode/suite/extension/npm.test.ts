import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import { inPage, itOnPage } from '../../harness/suite.ts';
import { cleanUp, folder, forkscope, nodes, processNode, until } from './support.ts';

/** Writes down where it ran, with which arguments and as which npm script. */
const NOTED = `import { writeFileSync } from 'node:fs';
const { npm_lifecycle_event: script } = process.env;
writeFileSync(new URL('./npm.json', import.meta.url), JSON.stringify({ cwd: process.cwd(), args: process.argv.slice(2), script }));
`;
const PACKAGE = `{
  "name": "of-tests",
  "scripts": {
    "note": "node noted-npm.mjs one",
    "fail:now": "node -e process.exitCode=7"
  }
}
`;
const LENSES = 'debug.javascript.codelens.npmScripts';

describe('npm scripts', () => {
  let api: ForkscopeApi;
  const inner = () => vscode.Uri.joinPath(folder('tools'), 'inner');
  const file = () => vscode.Uri.joinPath(inner(), 'package.json');
  const note = () => JSON.parse(readFileSync(path.join(inner().fsPath, 'npm.json'), 'utf8'));
  const ended = (dir: string) => until('the session to end', () => api.sessions.known(dir)?.live === false);
  /** The sessions that are there now end, with these names. */
  const sessions = async (...names: readonly string[]) => {
    await until(`the sessions ${names}`, () => api.sessions.list().length === names.length);
    const known = api.sessions.list();
    assert.deepEqual(
      known.map(({ name }) => name),
      names,
    );
    for (const { dir } of known) await ended(dir);
    return known;
  };
  const ranIn = async (dir: string) => {
    await until('the script', () => processNode(api, dir, 'noted-npm.mjs'));
    assert.deepEqual(note(), { cwd: inner().fsPath, args: ['one'], script: 'note' });
  };
  const lenses = async () => {
    await vscode.workspace.openTextDocument(file());
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      file(),
      100,
    );
    return found.filter(({ command }) => command?.command === 'forkscope.runNpmScript');
  };

  before(async () => {
    api = await forkscope();
    await vscode.workspace.fs.createDirectory(inner());
    await vscode.workspace.fs.writeFile(file(), Buffer.from(PACKAGE));
    const script = vscode.Uri.joinPath(inner(), 'noted-npm.mjs');
    await vscode.workspace.fs.writeFile(script, Buffer.from(NOTED));
    const other = vscode.Uri.joinPath(folder('app'), 'package.json');
    await vscode.workspace.fs.writeFile(other, Buffer.from('{ "scripts": { "other": "node -v" } }'));
  });
  afterEach(async () => {
    await vscode.workspace.getConfiguration().update(LENSES, undefined, vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand('setContext', 'npm:showScriptExplorer', false);
    await cleanUp(api);
  });

  it('is run by the link above it: npm and what it starts are one session', async () => {
    await vscode.workspace.getConfiguration().update(LENSES, 'all', vscode.ConfigurationTarget.Global);
    const found = await until('a lens for each', async () => {
      const all = await lenses();
      return all.length === 2 && all;
    });
    assert.deepEqual(
      found.map(({ range }) => range.start.line),
      [3, 4],
    );
    const { command, arguments: given = [] } = found[0]!.command!;
    const dir = await vscode.commands.executeCommand<string>(command, ...given);
    const [session] = await sessions('npm run note');
    assert.equal(session?.dir, dir);
    await ranIn(dir);
    assert.ok(nodes(api, dir).some(({ style }) => style.label === 'noted-npm.mjs'));
    assert.ok(nodes(api, dir).some(({ style }) => /^npm/.test(style.label)));
    assert.equal(api.runner.terminalOf(dir)?.exitStatus, undefined);
  });

  it('is run again in its folder, in the terminal of before, and ends with its own exit code', async () => {
    const give = (script: string) =>
      vscode.commands.executeCommand<string>('forkscope.runNpmScript', { file: file(), script });
    const first = await give('fail:now');
    await ended(first);
    const row = await until('its row', () => {
      const root = api.view.store.get(first);
      return root?.style.context === 'session.ended.again' && root;
    });
    assert.match(row.style.description, /exit code 7/);
    await vscode.commands.executeCommand('forkscope.runAgain', row);
    await sessions('npm run fail:now', 'npm run fail:now');
    await until('one terminal', () => vscode.window.terminals.length === 1);
    const other = await give('note');
    await ended(other);
    assert.equal(vscode.window.terminals.length, 2);
    await ranIn(other);
  });

  itOnPage('is picked from the scripts of the package at the one link that is there by default', async () => {
    const found = await until('the lens', async () => {
      const all = await lenses();
      return all.length === 1 && all;
    });
    assert.equal(found[0]?.range.start.line, 2);
    await vscode.window.showTextDocument(file());
    const rows = await inPage(async (workbench) => {
      const link = workbench.page.locator('.codelens-decoration a', { hasText: 'Run with Tracing' });
      await link.click();
      const list = workbench.page.locator('.quick-input-list .monaco-list-row');
      await list.filter({ hasText: 'node noted-npm.mjs one' }).waitFor();
      const texts = await list.locator('.quick-input-list-row:first-child .label-name').allTextContents();
      await workbench.pick('node noted-npm.mjs one');
      return texts;
    });
    assert.deepEqual(rows, ['note', 'fail:now']);
    const [session] = await sessions('npm run note');
    await ranIn(session!.dir);
  });

  itOnPage('is picked from those of all folders, from the palette', async () => {
    await inPage(async (workbench) => {
      await workbench.runCommand('Forkscope: Run npm Script with Tracing');
      const list = workbench.page.locator('.quick-input-list .monaco-list-row');
      await list.filter({ hasText: 'node -v' }).waitFor();
      await workbench.pick('node noted-npm.mjs one');
    });
    const [session] = await sessions('npm run note');
    await ranIn(session!.dir);
  });

  it('is offered where the pointer rests on its name', async () => {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      file(),
      new vscode.Position(3, 7),
    );
    const texts = hovers.flatMap(({ contents }) => contents.map((text) => Object(text).value ?? text));
    const link = /\(command:(forkscope\S+)\?(\S+)\)/.exec(texts.join(' '));
    assert.ok(link?.[1] && link[2], texts.join(' '));
    await vscode.commands.executeCommand(link[1], ...JSON.parse(decodeURIComponent(link[2])));
    const [session] = await sessions('npm run note');
    await ranIn(session!.dir);
  });

  itOnPage('is run by the button in the view of npm scripts', async () => {
    await vscode.commands.executeCommand('setContext', 'npm:showScriptExplorer', true);
    await vscode.commands.executeCommand('npm.focus');
    await inPage(async ({ page }) => {
      // The files leave it no room.
      await page.locator('.sidebar .pane-header', { hasText: 'multi (Workspace)' }).click();
      const view = page.locator('.sidebar .pane', { hasText: 'NPM Scripts' });
      const row = view.locator('.monaco-list-row', { hasText: 'node noted-npm.mjs one' });
      await row.waitFor();
      const button = row.locator('.actions a[aria-label^="Run npm Script with Tracing"]');
      // A refresh of the view can take the row from under the pointer.
      for (let i = 0; i < 20 && !(await button.isVisible()); i++) {
        await page.locator('.statusbar').hover();
        await row.hover();
      }
      await button.click();
      await page.locator('.sidebar .pane-header', { hasText: 'multi (Workspace)' }).click();
    });
    const [session] = await sessions('npm run note');
    await ranIn(session!.dir);
  });
});
