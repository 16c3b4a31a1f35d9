import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import type { FindingSite } from '../../../../src/model/types/index.ts';
import { packTrace } from '../../../../src/session/directory/pack.ts';
import { Session } from '../../../../src/session/index.ts';
import { inPage, itOnPage } from '../../harness/suite.ts';
import { cleanUp, folder, forkscope, nodes, until } from './support.ts';

/** Lines that are told apart, so that it is known which one is where. */
const LINES = Array.from({ length: 99 }, (_, i) => `// line ${i + 1}`);

describe('files of another machine', () => {
  let api: ForkscopeApi;
  let scratch = '';
  let trace = '';
  let site: FindingSite;
  const home = () => vscode.Uri.joinPath(folder('app'), 'elsewhere');
  const local = () => vscode.Uri.joinPath(home(), path.basename(site.file));
  const mapping = () => vscode.workspace.getConfiguration('forkscope');

  before(async () => {
    api = await forkscope();
    await cleanUp(api);
    scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-locate-'));
    const { extensionPath } = vscode.extensions.getExtension('forkscope.forkscope') ?? assert.fail();
    trace = path.join(extensionPath, 'test/fixtures/traces/v1-deadlock');
    const sites = Session.read(trace, {}, ({ model }) =>
      model.findings().flatMap((finding) => finding.sites),
    );
    site = sites[0] ?? assert.fail();
    assert.ok(!existsSync(site.file), 'the fixture was made elsewhere');
  });
  afterEach(async () => {
    await cleanUp(api);
    await mapping().update('pathMapping', undefined, vscode.ConfigurationTarget.Workspace);
    await vscode.workspace.fs.delete(home(), { recursive: true });
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  const writeLocal = (lines: readonly string[]) =>
    vscode.workspace.fs.writeFile(local(), Buffer.from(lines.join('\n')));
  const problemsAt = (uri: vscode.Uri) =>
    vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Forkscope');
  /** Opens a trace, and the line at which one of its processes waits. @returns what the editor shows then */
  const openRow = async (place: string) => {
    await vscode.commands.executeCommand('forkscope.openTrace', place);
    const dir = await until('the session', () => api.sessions.list().find(({ reader }) => reader)?.dir);
    const row = await until('a waiting row', () =>
      nodes(api, dir).find((node) => node.style.site?.file === site.file),
    );
    await vscode.commands.executeCommand('forkscope.goToSource', row);
    const editor = await until('what stands for the source', () => vscode.window.activeTextEditor);
    return { dir, line: row.style.site?.line ?? 0, document: editor.document };
  };
  /** Chooses *Locate…* above the text, and the file of that name in the workspace. */
  const locate = (entry: string) =>
    inPage(async (workbench, text) => {
      await workbench.page.locator('.codelens-decoration a', { hasText: 'Locate…' }).first().click();
      await workbench.pick(text);
    }, entry);
  const shownLocal = () =>
    until('the file of this machine', () => {
      const editor = vscode.window.activeTextEditor;
      return editor?.document.uri.toString() === local().toString() && editor;
    });

  itOnPage('say that they are not here, and are located for all that leads to them', async () => {
    await writeLocal(LINES);
    const { dir, line, document } = await openRow(trace);
    assert.equal(document.uri.scheme, 'forkscope-missing');
    assert.match(document.getText(), /not on this machine/);
    assert.ok(document.getText().includes(site.file));
    await until('the problem', () => problemsAt(document.uri).length > 0);
    await locate(`elsewhere/${path.basename(site.file)}`);
    const editor = await shownLocal();
    assert.equal(editor.selection.active.line, line - 1);
    await until('the problem at the file', () => problemsAt(local()).length > 0);
    assert.deepEqual(problemsAt(document.uri), []);
    const [[, to] = assert.fail()] = Object.entries(
      mapping().get<Record<string, string>>('pathMapping') ?? {},
    );
    assert.equal(to, '${workspaceFolder:app}/elsewhere');
    // Whoever asks goes the same way now.
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const finding = api.sessions.get(dir)?.lastUpdate?.findings[0] ?? assert.fail();
    await vscode.commands.executeCommand('forkscope.inspect', { dir, finding: finding.id });
    await shownLocal();
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    assert.ok(tabs.length > 0 && tabs.every(({ label }) => label === path.basename(site.file)));
  });

  itOnPage(
    'keep their lines where the trace has brought its sources, and the file here is another one',
    async () => {
      const packed = path.join(scratch, 'with-sources.forkscope');
      await packTrace(trace, packed, { sources: new Map([[site.file, LINES.join('\n')]]) });
      await writeLocal(['// one line more', ...LINES]);
      const { document } = await openRow(packed);
      assert.equal(document.uri.scheme, 'forkscope-source');
      assert.equal(document.getText(), LINES.join('\n'));
      const [before = assert.fail()] = await until('the problem', () => {
        const found = problemsAt(document.uri);
        return found.length > 0 && found;
      });
      await locate(`elsewhere/${path.basename(site.file)}`);
      await shownLocal();
      const lines = await until('the problem at the line of then', () => {
        const found = problemsAt(local()).map(({ range }) => range.start.line);
        return found.includes(before.range.start.line + 1) && found;
      });
      assert.ok(!lines.includes(before.range.start.line) || lines.length > 1, String(lines));
    },
  );

  /** Chooses *Locate…* above the text, then one of the dialogs, and answers it. `place`: '' gives it up. */
  const locateBy = (entry: string, place: string) =>
    inPage(
      async (workbench, given) => {
        await workbench.page.locator('.codelens-decoration a', { hasText: 'Locate…' }).first().click();
        await workbench.pick(given.entry);
        if (given.place !== '') return workbench.chooseFile(given.place, 'OK');
        const dialog = workbench.page.locator('.quick-input-widget');
        await dialog.getByText('OK', { exact: true }).waitFor();
        await workbench.page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'hidden' });
      },
      { entry, place },
    );
  const mapped = () => mapping().get<Record<string, string>>('pathMapping') ?? {};
  const name = () => path.basename(site.file);

  itOnPage('are located by a dialog for the file, which may be called otherwise here', async () => {
    const other = vscode.Uri.joinPath(home(), 'renamed.ts');
    await vscode.workspace.fs.writeFile(other, Buffer.from(LINES.join('\n')));
    const { line } = await openRow(trace);
    await locateBy(`Choose ${name()}…`, other.fsPath);
    const editor = await until('the file that was chosen', () => {
      const shown = vscode.window.activeTextEditor;
      return shown?.document.uri.toString() === other.toString() && shown;
    });
    assert.equal(editor.selection.active.line, line - 1);
    assert.deepEqual(mapped(), { [site.file]: '${workspaceFolder:app}/elsewhere/renamed.ts' });
  });

  itOnPage('are located by a dialog for a folder that has their own folders', async () => {
    const parent = path.basename(path.dirname(site.file));
    const below = vscode.Uri.joinPath(home(), parent, name());
    await vscode.workspace.fs.writeFile(below, Buffer.from(LINES.join('\n')));
    await openRow(trace);
    await locateBy('Choose a folder that has it…', `${home().fsPath}/`);
    await until(
      'the file below the folder',
      () => vscode.window.activeTextEditor?.document.uri.toString() === below.toString(),
    );
    assert.deepEqual(Object.values(mapped()), ['${workspaceFolder:app}/elsewhere']);
  });

  itOnPage('are not where a folder does not have them: that is said, and nothing is remembered', async () => {
    await writeLocal(LINES);
    const { document } = await openRow(trace);
    const wrong = vscode.Uri.joinPath(folder('tools'));
    await locateBy('Choose a folder that has it…', `${wrong.fsPath}/`);
    const text = await inPage((workbench) =>
      workbench.notification('nor in folders of it').first().textContent(),
    );
    assert.ok(text?.includes(`${name()} is not in ${wrong.fsPath}`), text ?? '');
    assert.deepEqual(mapped(), {});
    assert.equal(vscode.window.activeTextEditor?.document, document);
  });

  itOnPage('stay as they are when a dialog is given up', async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    await writeLocal(LINES);
    const { document } = await openRow(trace);
    for (const entry of [`Choose ${name()}…`, 'Choose a folder that has it…']) await locateBy(entry, '');
    assert.deepEqual(mapped(), {});
    assert.equal(vscode.window.activeTextEditor?.document, document);
    assert.equal(await inPage((workbench) => workbench.notification(/./).count()), 0);
  });
});
