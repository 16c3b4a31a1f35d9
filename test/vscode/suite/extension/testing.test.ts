import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { provide } from '../../../../scripts/lib/cache.mjs';
import { npm } from '../../../../scripts/lib/exec.mjs';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import { inPage, itOnPage } from '../../harness/suite.ts';
import { cleanUp, folder, forkscope, until } from './support.ts';

/** Passes, fails, is skipped; in TypeScript that Node 20 cannot load by itself. */
const MIXED = `import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
enum Answer { right = 42 }
describe('answers', () => {
  it('is right', () => assert.equal(Answer.right, 42));
  it('is wrong', () => {
    assert.equal(Answer.right, 43);
  });
  it.skip('is not asked', () => {});
});
`;
/** Stands still in its second test. */
const HANGS = `import { Lock } from 'forkscope';
import { test } from 'node:test';
test('goes on', () => {});
test('takes a lock twice', async () => {
  const lock = new Lock({ name: 'of the test' });
  await lock.acquire();
  await lock.acquire();
});
`;

/** What jest and vitest run; by what the file imports, and by what its package depends on. */
const SUMS = `describe('sums', () => {
  it('adds', () => expect(1 + 1).toBe(2));
  it('fails', () => {
    expect(1 + 1).toBe(3);
  });
});
`;
const PACKAGES = ['vitest@3.2.7', 'jest@30.5.2'];

/** A folder with vitest and jest. */
function frameworks(): Promise<string> {
  return provide('test-frameworks', PACKAGES.join(' '), async (into) => {
    writeFileSync(path.join(into, 'package.json'), '{"private":true}');
    const quiet = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
    await npm(['install', ...quiet, ...PACKAGES], { cwd: into });
  });
}

describe('tests with tracing', () => {
  let api: ForkscopeApi;
  const write = (name: string, text: string) =>
    vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder('app'), name), Buffer.from(text));

  before(async function () {
    // The packages may have to be brought first.
    this.timeout(300_000);
    api = await forkscope();
    await write('mixed.test.ts', MIXED);
    await write('hangs.test.mts', HANGS);
    for (const framework of ['vitest', 'jest']) {
      const home = path.join(folder('tools').fsPath, `by-${framework}`);
      mkdirSync(home);
      symlinkSync(path.join(await frameworks(), 'node_modules'), path.join(home, 'node_modules'));
      writeFileSync(
        path.join(home, 'package.json'),
        JSON.stringify({ devDependencies: { [framework]: '*' } }),
      );
      const head = framework === 'vitest' ? "import { describe, expect, it } from 'vitest';\n" : '\n';
      writeFileSync(path.join(home, `${framework}-sums.test.js`), head + SUMS);
    }
    await write('none.test.js', '// imports nothing that runs tests');
    await api.tests.look();
  });
  after(async () => {
    for (const name of ['mixed.test.ts', 'hangs.test.mts', 'none.test.js'])
      await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder('app'), name));
  });
  afterEach(async () => {
    if (api.sessions.list().some(({ live }) => live)) await vscode.commands.executeCommand('forkscope.stop');
    await cleanUp(api);
  });

  /** Runs a file by the button of its row. */
  const run = async (name: string) => {
    await vscode.commands.executeCommand('workbench.view.testing.focus');
    await until(`the row of ${name}`, () =>
      [...(api.tests.testing?.controller.items ?? [])].some(([, { label }]) => label.endsWith(name)),
    );
    await inPage(async ({ page }, file) => {
      const row = page.locator('.test-explorer .monaco-list-row', { hasText: file }).first();
      const button = row.locator('.codicon-testing-run-icon').first();
      await row.waitFor();
      for (let i = 0; i < 20 && !(await button.isVisible()); i++) {
        await page.locator('.statusbar').hover();
        await row.hover();
      }
      await button.click();
    }, name);
    const session = await until('its session', () =>
      api.sessions.list().find((known) => known.name === name),
    );
    await until('the session to end', () => api.sessions.known(session.dir)?.live === false);
    return session;
  };
  /** What the rows below a file's say of themselves. */
  const states = (name: string) =>
    inPage(async ({ page }, file) => {
      const rows = page.locator('.test-explorer .monaco-list-row');
      const row = rows.filter({ hasText: file }).first();
      await row.click();
      for (const key of ['ArrowRight', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
      return rows.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''));
    }, name);

  it('reads no file before somebody looks at the tests', async () => {
    const pattern = new vscode.RelativePattern(folder('app'), 'mixed.test.ts');
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const changed = new Promise((resolve) => watcher.onDidChange(resolve));
    // It looks at the folder some time after it was made.
    let isTold = false;
    void changed.then(() => {
      isTold = true;
    });
    for (let i = 0; !isTold; i++) {
      await write('mixed.test.ts', `${MIXED}// saved ${i}`);
      await Promise.race([changed, new Promise((resolve) => setTimeout(resolve, 500))]);
    }
    watcher.dispose();
    // Whoever read it when it changed has read it by now.
    for (let i = 0; i < 3; i++)
      await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder('app'), 'mixed.test.ts'));
    assert.equal(api.tests.testing?.controller.items.size, 0);
  });

  itOnPage('finds files that import node:test, and tells each of their tests', async () => {
    const { dir } = await run('mixed.test.ts');
    const seen = await until('the results', async () => {
      const labels = await states('mixed.test.ts');
      return labels.some((label) => label.startsWith('is wrong (Failed)')) && labels;
    });
    for (const label of ['is right (Passed)', 'is not asked (Skipped)'])
      assert.ok(
        seen.some((one) => one.startsWith(label)),
        `${label} in ${seen}`,
      );
    assert.ok(!seen.some((label) => label.includes('none.test.js')), String(seen));
    assert.equal(api.sessions.known(dir)?.name, 'mixed.test.ts');
    const processes = (await api.sessions.get(dir)?.query('processes', {})) ?? [];
    assert.deepEqual(
      processes.map((process) => process.name),
      ['mixed.test.ts'],
    );
    const file = [...api.tests.testing!.controller.items]
      .map(([, item]) => item)
      .find(({ label }) => label.endsWith('mixed.test.ts'));
    const suite = file?.children.get('answers');
    // The line of the source, not of what was compiled from it.
    assert.equal(suite?.children.get('is wrong')?.range?.start.line, 5);
  });

  itOnPage('ends a test that stands still for certain, with the finding as its message', async () => {
    const { dir } = await run('hangs.test.mts');
    const seen = await until('the results', async () => {
      const labels = await states('hangs.test.mts');
      return labels.some((label) => label.startsWith('takes a lock twice (Failed)')) && labels;
    });
    assert.ok(
      seen.some((label) => label.startsWith('goes on (Passed)')),
      String(seen),
    );
    const message = await inPage(async ({ page }) => {
      await page.locator('.test-explorer .monaco-list-row', { hasText: 'takes a lock twice' }).dblclick();
      const shown = page
        .locator('.test-output-peek, .test-message, .monaco-editor')
        .filter({ hasText: 'of the test' });
      await shown.first().waitFor();
      return page
        .locator('.test-output-peek, .testing-inline-message-content, .test-message-inline-content')
        .allTextContents();
    });
    assert.ok(message.length > 0, String(message));
    const finding = api.sessions.known(dir)?.reader?.lastUpdate?.findings[0];
    assert.equal(finding?.kind, 'self-deadlock');
    assert.ok(message.join(' ').includes('of the test'), String(message));
  });

  itOnPage('goes by another pattern while the view is open, and by none', async () => {
    const shown = async (...wanted: readonly string[]) => {
      const files = () =>
        inPage(({ page }) => page.locator('.test-explorer .monaco-list-row .label').allTextContents());
      await until(`the rows ${wanted.join()}`, async () => {
        const labels = (await files()).filter((label) => /(test|checks)\.m?[jt]s/.test(label));
        return (
          wanted.every((name) => labels.some((label) => label.includes(name))) &&
          labels.every((label) => wanted.some((name) => label.includes(name)))
        );
      });
    };
    const all = ['mixed.test.ts', 'hangs.test.mts', 'vitest-sums.test.js', 'jest-sums.test.js'];
    const set = (value: string | undefined) =>
      vscode.workspace
        .getConfiguration('forkscope')
        .update('testFiles', value, vscode.ConfigurationTarget.Workspace);
    await write('first.checks.ts', MIXED);
    await vscode.commands.executeCommand('workbench.view.testing.focus');
    try {
      await shown(...all);
      await set('**/*.checks.ts');
      await shown('first.checks.ts');
      await write('second.checks.ts', MIXED);
      await shown('first.checks.ts', 'second.checks.ts');
      await write('another.test.ts', MIXED);
      await run('first.checks.ts');
      await shown('first.checks.ts', 'second.checks.ts');
      await set('');
      await until('no tests', () => api.tests.testing === undefined);
      await set(undefined);
      // Without any test the editor has closed its view of them.
      await until('tests again', () => api.tests.testing);
      await vscode.commands.executeCommand('workbench.view.testing.focus');
      await shown(...all, 'another.test.ts');
    } finally {
      await set(undefined);
      for (const name of ['first.checks.ts', 'second.checks.ts', 'another.test.ts'])
        await vscode.workspace.fs
          .delete(vscode.Uri.joinPath(folder('app'), name))
          .then(undefined, () => undefined);
    }
  });

  for (const framework of ['vitest', 'jest']) {
    itOnPage(`runs tests of ${framework} by what their package depends on, in its folder`, async () => {
      const name = `${framework}-sums.test.js`;
      const { dir } = await run(name);
      const seen = await until('the results', async () => {
        const labels = await states(name);
        return labels.some((label) => label.startsWith('fails (Failed)')) && labels;
      });
      assert.ok(
        seen.some((label) => label.startsWith('adds (Passed)')),
        String(seen),
      );
      const items = [...(api.tests.testing?.controller.items ?? [])].map(([, item]) => item);
      const file = items.find(({ label }) => label.endsWith(name));
      assert.equal(file?.description, framework);
      assert.equal(file?.children.get('sums')?.children.get('fails')?.range?.start.line, 3);
      const processes = (await api.sessions.get(dir)?.query('processes', {})) ?? [];
      assert.ok(processes.some((process) => process.name.includes(framework)));
    });
  }
});
