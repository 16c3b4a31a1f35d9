import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import { inPage, itOnPage } from '../../harness/suite.ts';
import {
  cleanUp,
  folder,
  forkscope,
  isAlive,
  lineOf,
  nodes,
  pidOf,
  processNode,
  rows,
  until,
} from './support.ts';

describe('examples/deadlock.ts, run with tracing', () => {
  let api: ForkscopeApi;
  let dir: string;
  let document: vscode.TextDocument;

  before(async () => {
    api = await forkscope();
    await cleanUp(api);
    const script = vscode.Uri.joinPath(folder('examples'), 'deadlock.ts');
    document = await vscode.workspace.openTextDocument(script);
    await vscode.window.showTextDocument(document);
    // As from the palette: no argument, the active editor is meant.
    const started = await vscode.commands.executeCommand<string | undefined>('forkscope.runWithTracing');
    assert.ok(started, 'the command tells where the trace is');
    dir = started;
  });
  after(() => cleanUp(api));

  const inspected = () => {
    const editors = [...vscode.window.visibleTextEditors];
    editors.sort((a, b) => (a.viewColumn ?? 0) - (b.viewColumn ?? 0));
    return editors.map((e) => [e.viewColumn, e.document.uri.fsPath, e.selection.active.line + 1]);
  };

  it('runs in an integrated terminal, and the tree has the right nodes with the right descriptions', async () => {
    assert.equal(api.runner.terminalOf(dir)?.name, 'Forkscope: deadlock.ts');
    await until('the deadlock', () =>
      api.sessions.get(dir)?.lastUpdate?.findings.some((f) => f.kind === 'lock-cycle'),
    );
    const expected = [
      /^deadlock\.ts \| deadlocked · 3 processes$/,
      /^.*alice-to-bob and .*bob-to-alice wait for each other.* \| certain$/,
      /^.*alice-to-bob waits for lock bob.* \| deadlock\.ts:10$/,
      /^.*bob-to-alice waits for lock alice.* \| deadlock\.ts:10$/,
      /^deadlock\.ts \| waits for the end of alice-to-bob$/,
      /^alice-to-bob \| waits for lock bob, held by bob-to-alice$/,
      /^bob-to-alice \| waits for lock alice, held by alice-to-bob$/,
    ];
    const shown = await until('the rows', () => {
      const now = rows(api, dir).sort();
      const found = expected.every((pattern) => now.some((row) => pattern.test(row)));
      return (found && now.length === expected.length) || assert.fail(now.join('\n'));
    });
    assert.ok(shown);
    const one = processNode(api, dir, 'alice-to-bob')!;
    assert.equal(one.style.icon.id, 'error');
    assert.equal(one.style.mark, 'alarm');
    assert.ok(isAlive(pidOf(one)));
    assert.match(one.style.accessible, new RegExp(`Deadlocked, .*process id ${pidOf(one)}$`));
  });

  it('shows CPU and memory of every process', async () => {
    await until('the samples', () =>
      ['deadlock.ts', 'alice-to-bob', 'bob-to-alice'].every((name) =>
        /\d+% CPU · [\d.]+ MB · pid \d+$/.test(processNode(api, dir, name)?.style.description ?? ''),
      ),
    );
  });

  it('raises a badge and a status-bar item', async () => {
    await until('the badge', () => api.view.badge?.value === 1);
    assert.equal(api.alerts.status, '$(error) Deadlock');
  });

  const problems = () =>
    vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'Forkscope');

  it('puts the deadlock at its line, with the line that acquired and an action that inspects it', async () => {
    const problem = await until('the problem', () => {
      const [one, ...more] = problems();
      return more.length === 0 && one;
    });
    assert.equal(problem.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(problem.code, 'lock-cycle');
    assert.equal(problem.range.start.line + 1, lineOf(document, 'await to.acquire()'));
    assert.match(problem.message, /wait for each other/);
    assert.match(problem.message, /alice-to-bob waits for lock bob/);
    assert.match(problem.message, /bob-to-alice waits for lock alice/);
    const related = (problem.relatedInformation ?? []).map((r) => r.location.range.start.line + 1);
    assert.deepEqual(related, [lineOf(document, 'await from.acquire()')]);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      problem.range,
    );
    const inspect = actions.find(({ command }) => command?.command === 'forkscope.inspect');
    assert.equal(inspect?.title, 'Inspect who waits for whom');
    await vscode.commands.executeCommand('forkscope.inspect', ...(inspect.command?.arguments ?? []));
    assert.equal(api.inspector.current?.dir, dir);
    await vscode.commands.executeCommand('forkscope.closeInspection');
  });

  itOnPage('raises one notification, whose Inspect leads to the two lines, side by side', async () => {
    const buttons = await inPage(async (workbench) => {
      const toast = workbench.notification(/Deadlock in deadlock\.ts/);
      await toast.first().waitFor();
      const count = await toast.count();
      const texts = await toast.locator('.notification-list-item-buttons-container a').allTextContents();
      await toast.getByRole('button', { name: 'Inspect' }).click();
      return { count, texts };
    });
    assert.deepEqual(buttons, { count: 1, texts: ['Inspect', 'Show Stacks', 'Open Timeline'] });
    const file = document.uri.fsPath;
    const [waits, takes] = ['await to.acquire()', 'await from.acquire()'].map((text) =>
      lineOf(document, text),
    );
    await until('two editors', () => inspected().length === 2);
    await until('the lines', () => {
      assert.deepEqual(inspected(), [
        [vscode.ViewColumn.One, file, waits],
        [vscode.ViewColumn.Two, file, takes],
      ]);
      return true;
    });
  });

  itOnPage('highlights both lines and tells the chain in words beside them', async () => {
    const seen = await inPage(async (workbench) => {
      const inspector = await workbench.webview('#inspection .chain');
      const links = await inspector.locator('.link .text').allTextContents();
      const sites = await inspector.locator('.link .place').allTextContents();
      const badge = await inspector.locator('.badge').textContent();
      const marks = workbench.page.locator('.editor-instance .view-overlays .cdr[class*="ced-"]');
      await marks.first().waitFor();
      const icons = await workbench.page
        .locator('.editor-instance .glyph-margin-widgets .cgmr[class*="ced-"]')
        .count();
      const screenshot = await workbench.screenshot('deadlock');
      return { links, sites, badge, marks: await marks.count(), icons, screenshot };
    });
    assert.equal(seen.links.length, 2);
    assert.match(seen.links[0] ?? '', /waits for lock bob.*held by .*bob-to-alice/);
    assert.deepEqual(seen.sites, ['deadlock.ts:10', 'deadlock.ts:6', 'deadlock.ts:10', 'deadlock.ts:6']);
    assert.equal(seen.badge, 'certain');
    // Two lines in each of the two editors.
    assert.ok(seen.marks >= 4, `${seen.marks} marks`);
    assert.equal(seen.icons, 4);
  });

  itOnPage('works by keyboard: from link to link, and to a line', async () => {
    await inPage(async (workbench) => {
      const inspector = await workbench.webview('#inspection .chain');
      await inspector.locator('.link .text').first().focus();
      await workbench.page.keyboard.press('ArrowDown');
      await workbench.page.keyboard.press('Enter');
      await inspector.locator('.link.selected .text', { hasText: 'lock alice' }).waitFor();
    });
    assert.equal(api.inspector.current?.links.length, 2);
  });

  itOnPage('opens the proof, by keyboard too: who could end what', async () => {
    const needs = await inPage(async (workbench) => {
      const inspector = await workbench.webview('#inspection .proof');
      await inspector.locator('.proof summary').focus();
      await workbench.page.keyboard.press('Enter');
      const rows = inspector.locator('.proof .member li');
      await rows.first().waitFor();
      return rows.allTextContents();
    });
    assert.ok(
      needs.some((text) =>
        /waits for lock bob: only bob-to-alice could end that deadlock\.ts:10$/.test(text),
      ),
      needs.join('\n'),
    );
  });

  it('does not notify again, and inspects from tree and palette as well', async () => {
    assert.equal(api.sessions.claimNotification(dir, api.inspector.current?.finding ?? ''), false);
    await vscode.commands.executeCommand('forkscope.closeInspection');
    assert.equal(api.inspector.current, undefined);
    const link = nodes(api, dir).filter((n) => n.target.kind === 'link')[1];
    await vscode.commands.executeCommand('forkscope.inspect', link);
    assert.ok(api.inspector.current);
    await vscode.commands.executeCommand('forkscope.closeInspection');
    await vscode.commands.executeCommand('forkscope.inspect');
    assert.ok(api.inspector.current);
  });

  it('stops the whole tree, and the tree then tells how everything ended', async () => {
    const pids = nodes(api, dir)
      .filter((n) => n.target.kind === 'process')
      .map(pidOf);
    assert.equal(pids.length, 3);
    await vscode.commands.executeCommand('forkscope.stop');
    await until('every process to end', () => pids.every((pid) => !isAlive(pid)));
    await until('the session to end', () => api.sessions.known(dir)?.live === false);
    await until('the ends in the tree', () => {
      const ends = nodes(api, dir).filter((n) => n.target.kind === 'process');
      return ends.every((n) => n.style.context === 'process.ended') || assert.fail(rows(api, dir).join('\n'));
    });
    // The launcher, which tells the exit code, ends after its program.
    await until('the end of the session', () => {
      assert.match(rows(api, dir)[0] ?? '', /^deadlock\.ts \| (killed by SIGINT|exit code \d+)/);
      return true;
    });
  });

  it('shows the report of the session', async () => {
    await vscode.commands.executeCommand('forkscope.showReport');
    const text = await until('the report', () => {
      const shown = vscode.window.activeTextEditor?.document;
      return shown?.uri.scheme === 'forkscope-report' && shown.getText();
    });
    assert.match(text, /lock-cycle/);
    assert.match(text, /certain/);
    assert.match(text, /alice-to-bob/);
  });

  it('keeps the problem at its line while it may be looked at, and takes it away on demand', async () => {
    const settings = vscode.workspace.getConfiguration('forkscope');
    assert.equal(problems().length, 1);
    await settings.update('showProblems', false, vscode.ConfigurationTarget.Global);
    await until('no problems', () => problems().length === 0);
    await settings.update('showProblems', undefined, vscode.ConfigurationTarget.Global);
    await until('the problem', () => problems().length === 1);
  });

  it('clears ended sessions, and their problems', async () => {
    await vscode.commands.executeCommand('forkscope.clearEnded');
    assert.deepEqual(api.sessions.list(), []);
    await until('an empty tree', () => api.view.store.roots.length === 0);
    assert.equal(api.view.badge, undefined);
    assert.equal(api.alerts.status, '');
    await until('no problems', () => problems().length === 0);
  });
});
