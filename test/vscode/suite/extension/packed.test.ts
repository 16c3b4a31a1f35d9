import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import { packTrace, unpackTrace } from '../../../../src/session/directory/pack.ts';
import { packedSources } from '../../../../src/session/directory/sources.ts';
import { Session } from '../../../../src/session/index.ts';
import { inPage, itOnPage } from '../../harness/suite.ts';
import { cleanUp, folder, forkscope, nodes, until } from './support.ts';

describe('a trace as one file', () => {
  let api: ForkscopeApi;
  let scratch = '';
  let saved = '';
  before(async () => {
    api = await forkscope();
    scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-packed-'));
    saved = path.join(scratch, 'to-send.forkscope');
  });
  afterEach(() => cleanUp(api));
  after(() => rmSync(scratch, { recursive: true, force: true }));

  const coverText = () =>
    inPage(async (workbench) => {
      const frame = await workbench.webview('.cover');
      return frame.locator('.cover').first().innerText();
    });

  /** Answers the dialog that asks where to save. */
  const saveAs = (file: string, proposed: string) =>
    inPage(
      async (workbench, [to, name]) => {
        const input = workbench.page.locator('.quick-input-widget input.input');
        // The dialog writes the name that it proposes a moment after it has opened, over what is there.
        for (let i = 0; i < 200 && !(await input.inputValue()).endsWith(name); i++)
          await workbench.page.waitForTimeout(50);
        await input.fill(to);
        // While the dialog looks at the folder that is typed, Enter is lost.
        for (let i = 0; i < 40 && (await input.isVisible()); i++) {
          await input.press('Enter', { timeout: 1000 }).catch(() => undefined);
          await input.waitFor({ state: 'hidden', timeout: 1000 }).catch(() => undefined);
        }
      },
      [file, proposed] as [string, string],
    );

  itOnPage('is saved where the user says', async () => {
    const { extensionPath } = vscode.extensions.getExtension('forkscope.forkscope') ?? assert.fail();
    const trace = path.join(extensionPath, 'test/fixtures/traces/v1-deadlock');
    await vscode.commands.executeCommand('forkscope.openTrace', trace);
    const saving = vscode.commands.executeCommand('forkscope.saveTrace');
    await saveAs(saved, 'v1-deadlock.forkscope');
    await saving;
    assert.equal(readFileSync(saved).subarray(0, 2).toString('hex'), '1f8b');
  });

  itOnPage('takes the sources that its stacks name along where the user wants it', async () => {
    const script = vscode.Uri.joinPath(folder('app'), 'spawns.mjs');
    const text = "import { execFile } from 'node:child_process';\nexecFile('true');\n";
    await vscode.workspace.fs.writeFile(script, Buffer.from(text));
    await vscode.window.showTextDocument(script);
    const dir = await vscode.commands.executeCommand<string>('forkscope.runWithTracing');
    await until('the end', () => api.sessions.known(dir)?.live === false);
    const saving = vscode.commands.executeCommand('forkscope.saveTrace');
    await inPage((workbench) => workbench.pick('The trace and its sources'));
    const file = path.join(scratch, 'with-own.forkscope');
    await saveAs(file, 'spawns.forkscope');
    await saving;
    const unpacked = path.join(scratch, 'unpacked');
    await unpackTrace(file, unpacked);
    assert.deepEqual([...packedSources(unpacked)], [[script.fsPath, text]]);
    await vscode.workspace.fs.delete(script);
  });

  itOnPage('opens in an editor with its timeline, and its processes are in the tree', async () => {
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(saved));
    const dir = await until(
      'the session',
      () => api.sessions.list().find(({ reader }) => reader?.lastUpdate)?.dir,
    );
    await until('its processes', () => nodes(api, dir).some(({ style }) => style.label === 'alice-to-bob'));
    const tracks = await inPage(async (workbench) => {
      const frame = await workbench.webview('[role="treegrid"], canvas');
      await frame.getByText('bob-to-alice').first().waitFor();
      await workbench.screenshot('packed-trace');
      return frame.getByText('alice-to-bob').count();
    });
    assert.ok(tracks > 0);
    const [tab] = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs);
    assert.equal(tab?.label, 'to-send.forkscope');
    assert.ok(!existsSync(path.join(scratch, 'to-send')), 'nothing is unpacked beside it');
  });

  it('shows the sources that came with it where their files are not here, read-only', async () => {
    const { extensionPath } = vscode.extensions.getExtension('forkscope.forkscope') ?? assert.fail();
    const trace = path.join(extensionPath, 'test/fixtures/traces/v1-deadlock');
    const sites = Session.read(trace, {}, ({ model }) =>
      model.findings().flatMap((finding) => finding.sites),
    );
    const site = sites[0] ?? assert.fail();
    assert.ok(!existsSync(site.file), 'the fixture was made elsewhere');
    const file = path.join(scratch, 'with-sources.forkscope');
    await packTrace(trace, file, { sources: new Map([[site.file, '// came with it\n'.repeat(99)]]) });
    await vscode.commands.executeCommand('forkscope.openTrace', file);
    const dir = await until('the session', () => api.sessions.list().find(({ reader }) => reader)?.dir);
    const row = await until('a waiting row', () =>
      nodes(api, dir).find((node) => node.style.site?.file === site.file),
    );
    await vscode.commands.executeCommand('forkscope.goToSource', row);
    const editor = await until('the source', () => vscode.window.activeTextEditor);
    assert.match(editor.document.getText(), /^\/\/ came with it/);
    assert.equal(editor.selection.active.line, (row.style.site?.line ?? 0) - 1);
  });

  itOnPage('that is none says so in its editor, and opens no session', async () => {
    const broken = path.join(scratch, 'broken.forkscope');
    writeFileSync(broken, 'not a trace');
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(broken));
    const text = await until('the words', async () => {
      const told = await coverText();
      return /packed trace/.test(told) && told;
    });
    assert.match(text, /broken\.forkscope is no packed trace that can be read/);
    assert.deepEqual(api.sessions.list(), []);
  });
});
