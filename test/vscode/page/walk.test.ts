// From a hang to the lines that wait for each other, in a program of three files whose locks are taken in a helper: how many
// actions and how long it takes. FORKSCOPE_TEST_SCREENSHOTS has a picture after each action; the times are printed, since a
// machine that others use tells of the others.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { openVsCode, repository, type VsCode } from '../harness/page.ts';

const MOST_ACTIONS = { traced: 3, untraced: 4 } as const;

/** What the user does, one after the other, and when. */
class Walk {
  readonly #name: string;
  readonly #code: VsCode;
  readonly #start = performance.now();
  readonly actions: string[] = [];

  constructor(name: string, code: VsCode) {
    this.#name = name;
    this.#code = code;
  }

  /** One action: a click, a key, or a command that is typed. `seen`: what the user waits for after it. */
  async act(what: string, action: () => Promise<unknown>, seen: () => Promise<unknown>): Promise<void> {
    await action();
    await seen();
    this.actions.push(`${((performance.now() - this.#start) / 1000).toFixed(1)} s  ${what}`);
    await this.#code.workbench.screenshot(`walk-${this.#name}-${this.actions.length}`);
  }

  tell(): void {
    console.log([`${this.#name}:`, ...this.actions].join('\n  '));
  }
}

describe('from a hang to its lines', () => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-walk-'));
  const folder = path.join(scratch, 'bank');
  let code: VsCode;
  let program: ChildProcess | undefined;

  before(async () => {
    cpSync(path.join(repository, 'test/fixtures/walk'), folder, { recursive: true });
    mkdirSync(path.join(folder, 'node_modules'));
    symlinkSync(repository, path.join(folder, 'node_modules/forkscope'), 'dir');
    code = await openVsCode({ workspace: folder, development: [repository] });
    const { workbench } = code;
    await workbench.page.keyboard.press('Control+P');
    await workbench.page.locator('.quick-input-widget input.input').fill('main.ts');
    await workbench.pick('main.ts');
    await workbench.page.locator('.editor-actions [aria-label*="Run with Tracing"]').first().waitFor();
  });
  after(async () => {
    if (program?.pid !== undefined) process.kill(-program.pid, 'SIGKILL');
    await code?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('of a traced program', async () => {
    const { workbench } = code;
    const { page } = workbench;
    const walk = new Walk('traced', code);
    const toast = workbench.notification('Deadlock in main.ts');
    await walk.act(
      'the button Run with Tracing',
      () => page.locator('.editor-actions [aria-label*="Run with Tracing"]').first().click(),
      () => toast.waitFor(),
    );
    await walk.act(
      'Inspect in the notification',
      () => toast.getByRole('button', { name: 'Inspect' }).click(),
      async () => {
        const inspector = await workbench.webview('#inspection .chain');
        const places = await inspector.locator('.link .place').allTextContents();
        assert.deepEqual(places, ['accounts.ts:8', 'accounts.ts:5', 'accounts.ts:8', 'accounts.ts:5']);
        await workbench.tab('accounts.ts').nth(1).waitFor();
      },
    );
    walk.tell();
    assert.ok(walk.actions.length <= MOST_ACTIONS.traced);
    // Its terminal stays, and with it the launcher: it waits for a key.
    await workbench.runCommand('Forkscope: Stop');
    await workbench
      .rows(/^main\.ts.*(ended|killed by|exit code)/)
      .first()
      .waitFor();
  });

  it('of a program that nobody traced', async () => {
    const { workbench } = code;
    const { page } = workbench;
    const tsx = pathToFileURL(path.join(repository, 'node_modules/tsx/dist/loader.mjs')).href;
    const main = path.join(code.folder, 'src', 'main.ts');
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    program = spawn('node', ['--import', tsx, main], { cwd: code.folder, detached: true, stdio: [...stdio] });
    let stdout = '';
    program.stdout?.on('data', (text: Buffer) => {
      stdout += text;
    });
    while (stdout.split('@hang').length < 3) await sleep(50);
    const walk = new Walk('untraced', code);
    // The window's own programs come first, and its launcher is none of them; other programs of the machine may be called so too.
    const items = page.locator('.quick-input-list .monaco-list-row');
    const item = items
      .first()
      .filter({ hasText: /main\.ts.*[34] processes/ })
      .filter({ hasText: code.folder });
    const dialog = page.locator('.monaco-dialog-box');
    const rows = page.locator('.part.panel .monaco-list-row', { hasText: 'accounts.ts:8' });
    await walk.act(
      'the command Inspect Running Program…',
      () => workbench.runCommand('Forkscope: Inspect Running Program…'),
      () => item.waitFor(),
    );
    await walk.act(
      'the program in the list',
      () => item.click(),
      () => dialog.getByText('gets SIGUSR1').waitFor(),
    );
    await walk.act(
      'consent',
      () => dialog.getByRole('button', { name: 'Look Into It' }).click(),
      () => rows.first().waitFor(),
    );
    await walk.act(
      'the row of both tellers',
      () => rows.first().click(),
      () => page.locator('.line-numbers.active-line-number', { hasText: /^8$/ }).first().waitFor(),
    );
    walk.tell();
    assert.ok(walk.actions.length <= MOST_ACTIONS.untraced);
  });
});
