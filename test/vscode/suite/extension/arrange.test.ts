import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import { PLAIN } from '../../../../src/extension/tree/arrangement.ts';
import type { TreeNode } from '../../../../src/extension/tree/nodes.ts';
import { inPage, itOnPage } from '../../harness/suite.ts';
import { cleanUp, folder, forkscope, isAlive, nodes, pidOf, processNode, until } from './support.ts';

const WORKERS = 8;
/** Workers that rest, one that has failed, one that has ended well, and one whose name is long. */
const CROWD = `import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
const [, , role, number] = process.argv;
const start = (...args) => fork(fileURLToPath(import.meta.url), args).on('exit', () => {});
if (role === undefined) {
  for (let i = 1; i <= ${WORKERS}; i++) start('worker', String(i));
  start('faller', 'x');
  start('ender', 'x');
  start('a-rather-long-name-of-a-role-for-a-child', 'x');
} else if (role === 'faller') process.exit(3);
else if (role === 'ender') process.exit(0);
else setInterval(() => {}, 1e9);
`;

describe('arranging the tree', () => {
  let api: ForkscopeApi;
  let dir = '';

  before(async () => {
    api = await forkscope();
    await cleanUp(api);
    const script = vscode.Uri.joinPath(folder('app'), 'roles.mjs');
    await vscode.workspace.fs.writeFile(script, Buffer.from(CROWD));
    dir = await vscode.commands.executeCommand<string>('forkscope.runWithTracing', script);
    await until('all to be there', () => {
      const living = nodes(api, dir).filter(({ style }) => style.context.startsWith('process.live'));
      return living.length === WORKERS + 2 && /1 failed/.test(api.view.description ?? '');
    });
  });
  afterEach(() => api.arranging.change(PLAIN));
  after(async () => {
    await vscode.commands.executeCommand('forkscope.stop');
    await cleanUp(api);
  });

  const group = (): TreeNode | undefined => nodes(api, dir).find(({ target }) => target.kind === 'group');
  const labels = () =>
    nodes(api, dir)
      .filter(({ target }) => target.kind === 'process')
      .map(({ style }) => style.label);

  it('groups equal children in a row with their count, which acts on all of them', async () => {
    const row = await until('the group', group);
    assert.equal(row.style.label, `roles.mjs worker × ${WORKERS}`);
    await until('their state', () => group()?.style.description === `${WORKERS} idle`);
    assert.equal(row.children.length, WORKERS);
    const pids = row.children.map(pidOf);
    await vscode.commands.executeCommand('forkscope.copyPid', row);
    assert.deepEqual((await vscode.env.clipboard.readText()).split('\n').map(Number), pids);
    await vscode.commands.executeCommand('forkscope.pause', row);
    await until('all to be paused', () => group()?.style.description === `${WORKERS} paused`);
    await vscode.commands.executeCommand('forkscope.continue', row);
    await until('all to go on', () => group()?.style.description === `${WORKERS} idle`);
    await vscode.commands.executeCommand('forkscope.ungroupEqual');
    await until('rows of their own', () => group() === undefined);
    assert.equal(labels().length, WORKERS + 4);
  });

  itOnPage('is filtered by what is typed and checked, says so, and shows how to clear it', async () => {
    await inPage(async (workbench) => {
      await workbench.openActivity('Forkscope');
      await workbench.rows('roles.mjs worker × 8').first().waitFor();
      await workbench.runCommand('Forkscope: Filter Processes…');
      const box = workbench.page.locator('.quick-input-widget');
      await box.locator('input.input').fill('faller');
      await workbench.page.locator('.sidebar .message', { hasText: '1 of 12 processes: “faller”' }).waitFor();
      await workbench.page.keyboard.press('Enter');
    });
    assert.deepEqual(labels(), ['roles.mjs', 'roles.mjs faller x']);
    assert.equal(api.arranging.arrangement.text, 'faller');
    const [message, buttons] = await inPage(async (workbench) => {
      await workbench.runCommand('Forkscope: Filter Processes…');
      await workbench.page
        .locator('.quick-input-list .monaco-list-row', { hasText: 'Only the living' })
        .locator('input, .monaco-checkbox')
        .first()
        .click();
      await workbench.page.locator('.quick-input-widget').getByText('OK', { exact: true }).click();
      const welcome = workbench.page.locator('.sidebar .welcome-view-content');
      await welcome.getByText('No process fits the filter.').waitFor();
      await workbench.screenshot('filtered-empty');
      const texts = [await welcome.textContent(), await welcome.locator('.monaco-button').allTextContents()];
      await welcome.getByText('Clear Filter').click();
      await workbench.rows('roles.mjs worker × 8').first().waitFor();
      return texts as [string, string[]];
    });
    assert.match(message, /No process fits the filter/);
    assert.deepEqual(buttons, ['Clear Filter', 'Change Filter…']);
    assert.deepEqual(api.arranging.arrangement, PLAIN);
  });

  itOnPage('has a filter that Escape takes back', async () => {
    await inPage(async (workbench) => {
      await workbench.runCommand('Forkscope: Filter Processes…');
      await workbench.page.locator('.quick-input-widget input.input').fill('ender');
      await workbench.page.locator('.sidebar .message', { hasText: '“ender”' }).waitFor();
      await workbench.page.keyboard.press('Escape');
    });
    await until('the filter to be as before', () => api.arranging.arrangement.text === '');
  });

  it('hides the ended, and shows them again', async () => {
    const ended = () => nodes(api, dir).filter(({ style }) => style.context === 'process.ended').length;
    await until('both', () => ended() === 2);
    await vscode.commands.executeCommand('forkscope.hideEnded');
    await until('none to be shown', () => ended() === 0);
    assert.match(api.view.store.get(dir)?.style.description ?? '', /2 ended hidden/);
    assert.match(api.view.description ?? '', /1 failed/, 'they are counted all the same');
    await vscode.commands.executeCommand('forkscope.showEnded');
    await until('both', () => ended() === 2);
  });

  itOnPage('is sorted by what one picks', async () => {
    api.arranging.change({ group: false });
    await inPage(async (workbench) => {
      await workbench.runCommand('Forkscope: Sort Processes…');
      await workbench.pick('State');
    });
    await until('the failed and the ended at the end', () => {
      const [, ...children] = labels();
      return /faller/.test(children.at(-2) ?? '') && /ender/.test(children.at(-1) ?? '');
    });
  });

  itOnPage('can be read at a width of 280 pixels', async () => {
    const seen = await inPage(async (workbench) => {
      const { page } = workbench;
      await workbench.openActivity('Forkscope');
      const box = await page.locator('.part.sidebar').boundingBox();
      if (!box) throw new Error('no side bar');
      await page.mouse.move(box.x + box.width, 400);
      await page.mouse.down();
      await page.mouse.move(box.x + 280, 400, { steps: 8 });
      await page.mouse.up();
      await page.mouse.move(900, 300);
      await workbench.screenshot('tree-280');
      const widths = [];
      for (const row of await page.locator('.sidebar .pane-body .monaco-list-row').all()) {
        const label = (await row.getAttribute('aria-label')) ?? '';
        if (!/process id|equal processes/.test(label)) continue;
        const [name, state] = [row.locator('.label-name'), row.locator('.label-description')];
        const [whole, first, second] = await Promise.all(
          [row, name, state].map((part) => part.boundingBox()),
        );
        const end = (whole?.x ?? 0) + (whole?.width ?? 0);
        widths.push({ label, name: first?.width ?? 0, state: end - (second?.x ?? end) });
      }
      const { width = 0 } = (await page.locator('.part.sidebar').boundingBox()) ?? {};
      return { width, widths };
    });
    assert.ok(Math.abs(seen.width - 280) < 4, `${seen.width} px`);
    assert.ok(seen.widths.length >= 5, JSON.stringify(seen));
    // About six pixels a character.
    for (const { label, name, state } of seen.widths)
      assert.ok(name > 20 && state > 40, `${label}: ${name} px of its name, ${state} px for its state`);
  });

  it('has the newest session first', async () => {
    const script = vscode.Uri.joinPath(folder('tools'), 'where.js');
    const second = await vscode.commands.executeCommand<string>('forkscope.runWithTracing', script);
    await until('both', () => api.view.store.roots.length === 2);
    assert.deepEqual(
      api.view.store.roots.map((root) => root.dir),
      [second, dir],
    );
    await until('its end', () => api.sessions.known(second)?.live === false);
    api.sessions.close(second);
  });

  itOnPage('sends a signal that is chosen from a list, by the menu of a row', async () => {
    api.arranging.change({ group: false });
    const victim = await until('the row', () => processNode(api, dir, 'roles.mjs worker 3'));
    const pid = pidOf(victim);
    await inPage(async (workbench) => {
      const { page } = workbench;
      const title = page.locator('.quick-input-title', { hasText: 'Send Signal to roles.mjs worker 3' });
      // A click that falls into a redraw of the rows is lost, as with any tree.
      for (let i = 0; i < 5 && !(await title.isVisible()); i++) {
        await page.keyboard.press('Escape');
        await workbench.rows('roles.mjs worker 3').first().click({ button: 'right' });
        await workbench.chooseInMenu('Send Signal…');
        await title.waitFor({ timeout: 10_000 }).catch(() => undefined);
      }
      await workbench.pick('SIGUSR2');
    });
    await until('its end by the signal', () => !isAlive(pid));
    await until('the row', () =>
      /killed by SIGUSR2/.test(processNode(api, dir, 'roles.mjs worker 3')?.style.description ?? ''),
    );
    assert.equal(
      nodes(api, dir).filter(({ style }) => style.context.startsWith('process.live')).length,
      WORKERS + 1,
    );
    await until('the count', () => /2 failed/.test(api.view.description ?? ''));
  });
});
