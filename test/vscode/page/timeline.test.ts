import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openVsCode, repository, type VsCode } from '../harness/page.ts';

const workspace = path.join(repository, 'test/vscode/workspaces/plain');

/** Number of the line that the cursor is on, in the editor group that has the focus. */
const activeLine = '.editor-group-container.active .line-numbers.active-line-number';

describe('the timeline in VS Code', () => {
  let code: VsCode;
  const problems: string[] = [];
  before(async () => {
    code = await openVsCode({ workspace, development: [repository], examples: true });
    code.workbench.page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text()) && /timeline/.test(message.location().url)) {
        problems.push(message.text());
      }
    });
  });
  after(() => code?.close());

  /** Runs a command as soon as the palette offers it: its context keys come a little later than what they tell of. */
  async function offered(title: string): Promise<void> {
    const { page } = code.workbench;
    const entry = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    for (let i = 0; i < 30; i += 1) {
      await page.keyboard.press('F1');
      await page.locator('.quick-input-widget input.input').fill(`>${title}`);
      const there = await entry.waitFor({ timeout: 2000 }).then(
        () => true,
        () => false,
      );
      if (there) return await entry.click();
      await code.workbench.closePalette();
    }
    assert.fail(`the palette does not offer ${title}`);
  }

  it('shows a program that deadlocks while it runs, with both locks in red', async () => {
    const { workbench } = code;
    await workbench.page.keyboard.press('Control+P');
    await workbench.page.locator('.quick-input-widget input.input').fill('deadlock.ts');
    await workbench.pick('deadlock.ts');
    await workbench.tab('deadlock.ts').waitFor();
    // VS Code knows only some seconds after its start that the folder is trusted: then the button appears.
    await workbench.page.locator('.editor-actions [aria-label*="Run with Tracing"]').first().click();
    await workbench.status('Deadlock').waitFor();
    await offered('Forkscope: Open Timeline');
    const webview = await workbench.webview('.lanes');
    await webview.locator('[role=row]', { hasText: 'bob-to-alice' }).waitFor();
    await webview
      .locator('.now', { hasText: /lock (alice|bob)/ })
      .first()
      .waitFor();
    await webview.locator('.badge', { hasText: 'live' }).waitFor();
    const seen = async () => {
      const { colours } = await workbench.pixels(webview.locator('.lanes'));
      return [...colours].filter(([colour]) => {
        const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16));
        return r > 200 && g < 120 && b < 120;
      });
    };
    const deadline = Date.now() + 60_000;
    while ((await seen()).reduce((sum, [, count]) => sum + count, 0) < 1000) {
      assert.ok(Date.now() < deadline, 'no lock wait is drawn');
    }
  });

  it('goes from a wait to its line', async () => {
    const { workbench } = code;
    const webview = await workbench.webview('.lanes');
    await webview.locator('[role=row]', { hasText: 'alice-to-bob' }).first().click();
    // The newest slice is the wait that never ends.
    await webview.locator('.surface').press('Shift+P');
    await webview.locator('.details h2', { hasText: 'Waits for lock' }).waitFor();
    await workbench.screenshot('timeline');
    await webview.getByRole('button', { name: 'Go to source' }).click();
    await workbench.page.locator(activeLine, { hasText: /^10$/ }).waitFor();
    assert.deepEqual(problems, []);
  });

  it('comes back after a reload with the trace and what was selected', async () => {
    const { workbench } = code;
    await offered('Forkscope: Stop');
    await workbench
      .tab(/Timeline/)
      .first()
      .click();
    await (await workbench.webview('.lanes')).locator('.badge', { hasText: 'ended' }).waitFor();
    await workbench.reload();
    const webview = await workbench.webview('.lanes');
    await webview.locator('[role=row]', { hasText: 'alice-to-bob' }).waitFor();
    await webview.locator('.details h2', { hasText: 'Waits for lock' }).waitFor();
    assert.deepEqual(problems, []);
  });
});
