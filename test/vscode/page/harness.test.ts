import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../../scripts/lib/exec.mjs';
import { openVsCode, repository, type VsCode, type Workbench } from '../harness/page.ts';

const probe = path.join(repository, 'test/vscode/fixtures/probe-extension');
const workspace = path.join(repository, 'test/vscode/workspaces/plain');

async function usesTheProbe(workbench: Workbench): Promise<void> {
  await workbench.openActivity('Probe Box');
  await workbench.rows('Alpha').first().click();
  assert.match((await workbench.rows('Alpha-2').textContent()) ?? '', /about Alpha-2/);
  await workbench.runCommand('Probe: Say Hello');
  await workbench.notification('Hello from Probe').waitFor();
}

describe('the harness, from outside, with an extension under development', () => {
  let code: VsCode;
  before(async () => {
    code = await openVsCode({ workspace, development: [probe] });
  });
  after(() => code?.close());

  it('acts on the activity bar, the tree and the palette', () => usesTheProbe(code.workbench));

  it('acts in a webview and sees its DOM and pixels', async () => {
    await code.workbench.runCommand('Probe: Open Panel');
    const webview = await code.workbench.webview('#c');
    await webview.locator('#b').click();
    await webview.locator('#echo', { hasText: 'host saw 1' }).waitFor();
    assert.equal(await webview.locator('#n').textContent(), '1');
    const { colours } = await code.workbench.pixels(webview.locator('#c'));
    // Of 100 × 60; the edges may lie between two pixels of the screen.
    assert.ok((colours.get('#ff0000') ?? 0) > 98 * 58, JSON.stringify([...colours].slice(0, 5)));
  });

  it('reloads the window, after which the panel is back with its state', async () => {
    await code.workbench.reload();
    const webview = await code.workbench.webview('#c');
    assert.equal(await webview.locator('#n').textContent(), '1');
  });

  it('takes screenshots', async () => {
    assert.ok(existsSync(await code.workbench.screenshot('harness')));
  });
});

describe('the harness, from outside, with an installed VSIX', () => {
  let code: VsCode | undefined;
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-vsix-'));
  after(async () => {
    await code?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('installs it into a clean profile and uses it', async () => {
    const vsix = path.join(scratch, 'probe.vsix');
    const vsce = path.join(repository, 'node_modules/@vscode/vsce/vsce');
    await run(process.execPath, [vsce, 'package', '--no-dependencies', '--out', vsix], { cwd: probe });
    code = await openVsCode({ workspace, vsix: [vsix] });
    await usesTheProbe(code.workbench);
  });
});
