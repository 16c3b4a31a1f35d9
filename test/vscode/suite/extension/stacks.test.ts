import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import type { TreeNode } from '../../../../src/extension/tree/nodes.ts';
import { inPage, itOnPage } from '../../harness/suite.ts';
import { cleanUp, folder, forkscope, lineOf, pidOf, processNode, until } from './support.ts';

/** Eight workers that wait at one line, until the first has a word from outside. */
const CREW = `import { fork } from 'node:child_process';

if (process.argv[2] === undefined) {
  for (let i = 0; i < 8; i++) fork(process.argv[1] ?? '', [String(i)]);
} else {
  process.on('message', () => {}); // listens
  if (process.argv[2] === '0') process.on('SIGUSR2', () => for_ever());
}

function for_ever(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); // stands still
}
`;

const THEMES = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  contrast: 'Default High Contrast',
};

describe('stacks of all processes', () => {
  let api: ForkscopeApi;
  let dir = '';

  before(async () => {
    api = await forkscope();
    await cleanUp(api);
  });
  after(async () => {
    await vscode.commands.executeCommand('forkscope.stop');
    await cleanUp(api);
  });

  const below = (node: TreeNode): TreeNode[] => [node, ...node.children.flatMap(below)];
  const all = () => api.stacks.store.roots.flatMap(below);
  const rows = () => all().map(({ style }) => `${style.label} | ${style.description}`);
  const row = (pattern: RegExp) =>
    until(`a row ${pattern}`, () => {
      const found = all().find(({ style }) => pattern.test(`${style.label} | ${style.description}`));
      return found ?? assert.fail(rows().join('\n'));
    });

  describe('of a deadlock', () => {
    let document: vscode.TextDocument;
    before(async () => {
      const script = vscode.Uri.joinPath(folder('examples'), 'deadlock.ts');
      document = await vscode.workspace.openTextDocument(script);
      dir = await vscode.commands.executeCommand<string>('forkscope.runWithTracing', script);
      await until('the deadlock', () =>
        api.sessions.get(dir)?.lastUpdate?.findings.some(({ certainty }) => certainty === 'certain'),
      );
    });

    it('merges both that wait at one line into a row, and opens from a finding at those that it is about', async () => {
      const finding = await until('the row of the finding', () =>
        api.view.store.get(dir)?.children.find(({ target }) => target.kind === 'finding'),
      );
      await vscode.commands.executeCommand('forkscope.showStacks', finding);
      const line = lineOf(document, 'await to.acquire()');
      const at = await row(new RegExp(`^transfer \\| deadlock\\.ts:${line} · 2 processes$`));
      assert.equal(at.style.mark, 'alarm');
      const held = at.children.map(({ style }) => `${style.label} | ${style.description}`).sort();
      assert.deepEqual(held.slice(-2), [
        'waits for lock alice, held by alice-to-bob | bob-to-alice',
        'waits for lock bob, held by bob-to-alice | alice-to-bob',
      ]);
      await row(/^waits for the end of alice-to-bob \| deadlock\.ts$/);
      const selected = await until('a row to be selected', () => api.stacks.selected);
      assert.equal(selected.parent, at);
      assert.equal(selected.style.icon.id, 'error');
      assert.match(api.stacks.head.description, /^deadlock\.ts · 3 processes$/);
    });

    itOnPage(
      'opens the source above itself by a click and by the keyboard, and keeps the focus',
      async () => {
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
        const place = await inPage(async (workbench) => {
          const found = workbench.page.locator('.part.panel .monaco-list-row', {
            hasText: 'waits for lock bob',
          });
          await found.click();
          return found.getAttribute('aria-label');
        });
        assert.match(place ?? '', /^waits for lock bob, held by bob-to-alice: alice-to-bob/);
        const opened = (text: string) =>
          until('the line', () => {
            const { document: shown, selection } = vscode.window.activeTextEditor ?? {};
            return (
              shown?.uri.fsPath === document.uri.fsPath &&
              selection?.active.line === lineOf(document, text) - 1
            );
          });
        await opened('await to.acquire()');
        await inPage(async ({ page }) => {
          await page.locator('.part.panel .monaco-list-row', { hasText: 'waits for the end of' }).click();
          // The keyboard is still in the tree.
          await page.keyboard.press('Home');
          await page.keyboard.press('Enter');
          await page
            .locator('.part.panel .monaco-list.element-focused, .part.panel .monaco-list:focus')
            .first()
            .waitFor();
        });
      },
    );

    it('is copied as text, shows the process of a row, and has a timeline', async () => {
      await vscode.commands.executeCommand('forkscope.copyStacks');
      const text = await vscode.env.clipboard.readText();
      assert.match(text, /^2 ×\n.*transfer .*deadlock\.ts:\d+\n/m);
      assert.match(text, /waits for lock bob, held by bob-to-alice: alice-to-bob$/m);
      const standing = await row(/alice-to-bob$/);
      await vscode.commands.executeCommand('forkscope.showProcess', standing);
      await until('the process to be selected', () => {
        return api.view.selected && api.view.selected === processNode(api, dir, 'alice-to-bob');
      });
    });

    for (const [name, theme] of Object.entries(THEMES))
      itOnPage(`can be read in the theme ${theme}`, async () => {
        await vscode.commands.executeCommand('forkscope.showStacks', { dir, finding: '' });
        const settings = vscode.workspace.getConfiguration('workbench');
        await settings.update('colorTheme', theme, vscode.ConfigurationTarget.Global);
        const seen = await inPage(async (workbench, as) => {
          await workbench.page
            .locator('.part.panel .monaco-list-row', { hasText: 'waits for lock' })
            .first()
            .waitFor();
          await workbench.page.waitForTimeout(500);
          await workbench.screenshot(`stacks-${as}`);
          return workbench.page.locator('.part.panel .monaco-list-row').count();
        }, name);
        await settings.update('colorTheme', undefined, vscode.ConfigurationTarget.Global);
        assert.ok(seen >= 4, `${seen} rows`);
      });

    it('says what it is of when the program was ended', async () => {
      await vscode.commands.executeCommand('forkscope.stop');
      await until('the end', () => api.sessions.known(dir)?.live === false);
      // Who was ended in time for a last look of the launcher stands as of then; of others nothing is said.
      await until('the message', () =>
        api.stacks.store.roots.length > 0
          ? /^As the threads stood/.test(api.stacks.head.message)
          : /^No thread/.test(api.stacks.head.message),
      );
      assert.ok(
        rows().every((text) => !/ \| (alice|bob)-to-/.test(text) || /^waits for lock/.test(text)),
        rows().join(),
      );
    });
  });

  describe('of workers', () => {
    before(async () => {
      await cleanUp(api);
      const script = vscode.Uri.joinPath(folder('app'), 'crew.ts');
      await vscode.workspace.fs.writeFile(script, Buffer.from(CREW));
      dir = await vscode.commands.executeCommand<string>('forkscope.runWithTracing', script);
      await vscode.commands.executeCommand('forkscope.showStacks');
    });

    it('shows equal ones as one row, and follows what they do with what is open staying open', async () => {
      const many = await row(/^waits for a message.* \| 8 processes: .* and 5 more$/);
      assert.equal(many.children.length, 8);
      const before = many.parent;
      assert.match(before?.style.description ?? '', /^crew\.ts:6 · 8 processes$/);
      const first = await until('a worker', () => {
        const nodes = api.view.store.get(dir)?.children.flatMap(below) ?? [];
        return nodes.find(({ style }) => / 0$/.test(style.label));
      });
      process.kill(pidOf(first), 'SIGUSR2');
      await row(/^waits for a message.* \| 7 processes: .* and 4 more$/);
      await row(/^for_ever \| crew\.ts:11 · 1 process$/);
      assert.ok(before && all().includes(before), 'the row is the same one');
    });
  });

  describe('of nothing', () => {
    itOnPage('says what to do when there is nothing to show', async () => {
      await vscode.commands.executeCommand('forkscope.stop');
      await until('the end', () => api.sessions.known(dir)?.live === false);
      await cleanUp(api);
      await vscode.commands.executeCommand('forkscope.stacks.focus');
      const buttons = await inPage(async ({ page }) => {
        const welcome = page.locator('.part.panel .welcome-view-content');
        await welcome.getByText('Where every thread of every process stands').waitFor();
        return welcome.locator('.monaco-button').allTextContents();
      });
      assert.deepEqual(buttons, ['Run with Tracing', 'Inspect Running Program…']);
    });
  });
});
