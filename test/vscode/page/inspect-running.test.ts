import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { lineOf } from '../../untraced/support.ts';
import { openVsCode, repository, type VsCode } from '../harness/page.ts';

/** A parent that awaits its child's answer, and a child that sleeps in shared memory for ever: nobody traced it. */
const HANG = `const { fork } = require('node:child_process');

if (process.argv[2] === undefined) {
  const child = fork(__filename, ['worker']);
  async function ask() {
    const answer = await new Promise((resolve) => child.once('message', resolve)); // asks
    console.log(answer);
  }
  globalThis.asking = ask();
} else {
  setTimeout(sleepForEver, 20);
}

function sleepForEver() {
  process.stdout.write('@hang\\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); // sleeps
}
`;

// Modal dialogs are refused in an extension host that runs tests, so this goes by the window alone.
describe('a running program that nobody traced', () => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-running-'));
  const file = path.join(scratch, 'hang-alone.cjs');
  let code: VsCode;
  let program: ChildProcess;
  let stderr = '';

  before(async () => {
    writeFileSync(file, HANG);
    program = spawn('node', [file], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    program.stderr?.on('data', (data: Buffer) => {
      stderr += data;
    });
    let stdout = '';
    program.stdout?.on('data', (data: Buffer) => {
      stdout += data;
    });
    while (!stdout.includes('@hang')) await sleep(50);
    const workspace = path.join(repository, 'test/vscode/workspaces/plain');
    code = await openVsCode({ workspace, development: [repository] });
  });
  after(async () => {
    if (program.pid !== undefined) process.kill(-program.pid, 'SIGKILL');
    await code?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  const dialog = () => code.workbench.page.locator('.monaco-dialog-box');
  const rows = (text: string | RegExp) =>
    code.workbench.page.locator('.part.panel .monaco-list-row', { hasText: text });
  const choose = async () => {
    const { workbench } = code;
    await workbench.runCommand('Forkscope: Inspect Running Program…');
    const items = workbench.page.locator('.quick-input-list .monaco-list-row');
    const item = items.filter({ hasText: 'hang-alone.cjs' }).first();
    await item.waitFor();
    return { item, first: items.first() };
  };

  it('is among those that may hang, and nothing is done to it without consent', async () => {
    const { item, first } = await choose();
    assert.match(
      (await item.getAttribute('aria-label')) ?? '',
      /sleeps in shared memory: a lock or Atomics\.wait/,
    );
    assert.match((await item.textContent()) ?? '', /2 processes/);
    assert.match((await first.textContent()) ?? '', /May hang/);
    await item.click();
    await dialog().getByText('gets SIGUSR1').waitFor();
    await code.workbench.screenshot('running-consent');
    assert.match((await dialog().textContent()) ?? '', /Look into hang-alone\.cjs \(\d+\)\?/);
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await dialog().waitFor({ state: 'hidden' });
    assert.equal(stderr, '');
    assert.equal(await code.workbench.tab('Look into hang-alone').count(), 0);
  });

  it('shows its stacks, and a report whose lines lead to the source', async () => {
    const { page } = code.workbench;
    await (await choose()).item.click();
    await dialog().getByRole('button', { name: 'Look Into It' }).click();
    await rows(`sleepForEverhang-alone.cjs:${lineOf(HANG, '// sleeps')} · 1 process`).waitFor();
    await rows(/^waits here synchronouslyhang-alone\.cjs \(\d+\)$/).waitFor();
    await rows(/^an async function that waitshang-alone\.cjs \(\d+\)$/).waitFor();
    await page.locator('.part.panel', { hasText: /As of .*waits synchronously at/ }).waitFor();
    assert.match(stderr, /Debugger listening/);
    await code.workbench.tab('Look into hang-alone').waitFor();
    const report = page.locator('.editor-instance .view-lines');
    await report.getByText('What this says').waitFor();
    await report.locator('.detected-link', { hasText: 'hang-alone.cjs' }).first().waitFor();
    await code.workbench.screenshot('running-found');
    await rows('waits here synchronously').click();
    await code.workbench.tab(/^hang-alone\.cjs/).waitFor();
    await code.workbench.screenshot('running-source');
  });

  it('is looked into again without another question', async () => {
    const { page } = code.workbench;
    const message = page.locator('.part.panel .message', { hasText: 'As of' });
    const before = await message.textContent();
    await page.locator('.part.panel a[aria-label^="Refresh Stacks"]').first().click();
    while ((await message.textContent()) === before) {
      assert.equal(await dialog().count(), 0);
      await sleep(50);
    }
    assert.equal(program.exitCode, null, 'it runs on');
  });
});
