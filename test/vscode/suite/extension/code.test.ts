import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import { shownText } from '../../../extension/shown-text.ts';
import { inPage, itOnPage } from '../../harness/suite.ts';
import { cleanUp, folder, forkscope, lineOf, until } from './support.ts';

/** Two children that ask for one lock, one of which holds it until the end; and a queue that goes through a pair of hands. */
const PROGRAM = `import { isMain, Lock, Process, Queue } from 'forkscope';

export async function keep(till: Lock, jobs: Queue<number>): Promise<void> {
  await till.acquire();
  await jobs.put(1);
  await new Promise(() => setInterval(() => {}, 1e9));
}

export async function ask(till: Lock): Promise<void> {
  await till.acquire({ timeout: 3600 });
  till.release();
}

async function main(): Promise<void> {
  const till = new Lock({ name: 'till' });
  const jobs = new Queue<number>({ name: 'jobs' });
  const keeper = new Process({ target: keep, args: [till, jobs], name: 'keeper' });
  await keeper.start();
  await jobs.get();
  const asker = new Process({ target: ask, args: [till], name: 'asker' });
  await asker.start();
  await keeper.join();
}

if (isMain(import.meta)) void main();
`;

describe('what a run tells in the editor', () => {
  let api: ForkscopeApi;
  let dir: string;
  let document: vscode.TextDocument;

  before(async () => {
    api = await forkscope();
    await cleanUp(api);
    const script = vscode.Uri.joinPath(folder('examples'), 'till.ts');
    await vscode.workspace.fs.writeFile(script, Buffer.from(PROGRAM));
    document = await vscode.workspace.openTextDocument(script);
    await vscode.window.showTextDocument(document);
    dir = await vscode.commands.executeCommand<string>('forkscope.runWithTracing');
    assert.ok(dir);
    await until('the wait', async () => {
      const things = await api.sessions.get(dir)?.query('resources', {});
      return things?.resources.some(({ name, waiters }) => name === 'till' && waiters.length === 1);
    });
  });
  after(async () => {
    await vscode.commands.executeCommand('forkscope.stop');
    await cleanUp(api);
  });

  const lenses = async (): Promise<[number, string][]> => {
    const all = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    );
    return all
      .filter(({ command }) => command?.command === 'forkscope.revealInTimeline')
      .map(({ range, command }) => [range.start.line + 1, command?.title ?? '']);
  };
  const line = (text: string) => lineOf(document, text);
  const hover = async (text: string) => {
    const at = new vscode.Position(line(text) - 1, 8);
    const all = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      at,
    );
    const texts = all.flatMap(({ contents }) =>
      contents.map((one) => shownText(typeof one === 'string' ? one : one.value)),
    );
    return texts.filter((one) => one.includes('till.ts')).join('\n');
  };
  const edit = async (change: (edit: vscode.WorkspaceEdit) => void) => {
    const made = new vscode.WorkspaceEdit();
    change(made);
    assert.ok(await vscode.workspace.applyEdit(made));
  };

  it('stands above the lines where a contended lock is made and taken, and a busy queue is made', async () => {
    const shown = await until('the lenses', async () => {
      const now = await lenses();
      return now.length >= 4 && now;
    });
    const told = (text: string) => shown.find(([at]) => at === line(text))?.[1] ?? assert.fail(text);
    const taken = /^lock till: taken once, waited for once, longest \d/;
    for (const text of ['new Lock', 'till.acquire();', 'till.acquire({']) assert.match(told(text), taken);
    assert.equal(told('new Queue'), 'queue jobs: 1 sent, 1 received');
    assert.equal(shown.length, 4);
  });

  it('tells at a line who has the lock, and who waits for it', async () => {
    const text = await hover('new Lock');
    assert.match(text, /\*\*lock till\*\*/);
    assert.match(text, /Held by: keeper for .*till\.ts:4/);
    assert.match(text, /Waited for by: asker for .*till\.ts:10/);
    assert.match(await hover('new Queue'), /From: keeper\n- To: till\.ts/);
    assert.equal(await hover('async function main'), '');
  });

  it('moves with its line, and is gone where the line is another one', async () => {
    await edit((made) => made.insert(document.uri, new vscode.Position(1, 0), '// More.\n'));
    await until('the lens of the moved line', async () =>
      (await lenses()).some(([at, title]) => at === line('new Lock') && /till/.test(title)),
    );
    const at = line('new Lock') - 1;
    await edit((made) =>
      made.replace(document.uri, document.lineAt(at).range, "  const till = new Lock({ name: 'x' });"),
    );
    await until('no lens there', async () => !(await lenses()).some(([shown]) => shown === at + 1));
    assert.equal(await hover('new Lock'), '');
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await until('the lenses again', async () => (await lenses()).length === 4);
  });

  it('is switched off by a setting', async () => {
    const settings = vscode.workspace.getConfiguration('forkscope');
    await settings.update('showCodeLens', false, vscode.ConfigurationTarget.Global);
    assert.deepEqual(await lenses(), []);
    await settings.update('showCodeLens', undefined, vscode.ConfigurationTarget.Global);
    assert.equal((await lenses()).length, 4);
  });

  itOnPage('reveals in the timeline what happened at the line of the cursor, where it is known', async () => {
    const select = async (text: string) => {
      const editor = await vscode.window.showTextDocument(document);
      const at = new vscode.Position(line(text) - 1, 2);
      editor.selection = new vscode.Selection(at, at);
    };
    const offered = () =>
      inPage(async (workbench) => {
        const { page } = workbench;
        await page.keyboard.press('Shift+F10');
        const menu = page.locator('.context-view .monaco-menu');
        await menu.getByText('Copy', { exact: true }).waitFor();
        const count = await menu.getByText('Reveal in Timeline').count();
        await page.keyboard.press('Escape');
        return count;
      });
    await select('export async function ask');
    await until('no offer at a line that nobody knows', async () => (await offered()) === 0);
    await select('till.acquire({');
    await until('the offer', async () => (await offered()) === 1);
    await vscode.commands.executeCommand('forkscope.revealInTimeline');
    const details = await inPage(async (workbench) => {
      const timeline = await workbench.webview('canvas');
      const text = timeline.locator('body', { hasText: 'till.ts:10' });
      await text.waitFor();
      return text.textContent();
    });
    assert.match(details ?? '', /asker/);
  });
});
