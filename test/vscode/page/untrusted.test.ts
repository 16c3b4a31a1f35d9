import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { writeTrace } from '../../extension/write-trace.ts';
import { TraceBuilder } from '../../model/builder.ts';
import { openVsCode, repository, type VsCode } from '../harness/page.ts';

/** Everything of a folder that a tool could be led to run by opening it. Whatever runs tells so in a file. */
function writeTraps(folder: string, told: string): void {
  const write = (name: string, text: string, mode = 0o644) => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text, { mode });
  };
  const shell = `#!/bin/sh\necho "$0 $*" >> '${told}'\nexec node "$@"\n`;
  const script = `require('node:fs').appendFileSync(${JSON.stringify(told)}, __filename + '\\n');\n`;
  for (const name of ['node', 'node_modules/.bin/node', 'node_modules/.bin/npm']) write(name, shell, 0o755);
  for (const name of ['typescript', 'tsx', 'forkscope', 'vitest', 'jest']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(`node_modules/${name}/index.js`, script);
  }
  const scripts = { preinstall: 'node trap.js', start: 'node trap.js' };
  write('package.json', JSON.stringify({ scripts, devDependencies: { vitest: '*' } }));
  for (const name of ['trap.js', 'sums.test.js', 'vitest.config.js'])
    write(name, `${script}require('node:test');\n`);
  const settings = {
    'forkscope.runtimeExecutable': './node',
    'forkscope.traceTerminals': true,
    'forkscope.letAgentsRun': true,
  };
  write('.vscode/settings.json', JSON.stringify(settings));
  const atOpen = { type: 'forkscope', script: 'trap.js', label: 'trap', runOptions: { runOn: 'folderOpen' } };
  write('.vscode/tasks.json', JSON.stringify({ version: '2.0.0', tasks: [atOpen] }));
  const launch = {
    type: 'forkscope',
    request: 'launch',
    name: 'trap',
    program: '${workspaceFolder}/trap.js',
  };
  write('.vscode/launch.json', JSON.stringify({ version: '0.2.0', configurations: [launch] }));
}

const manifest = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));
const words: Record<string, string> = JSON.parse(
  readFileSync(path.join(repository, 'package.nls.json'), 'utf8'),
);
/** Titles of the commands that run something of the folder. */
const running = (manifest.contributes.commands as { title: string; enablement?: string }[])
  .filter(({ enablement }) => enablement?.includes('isWorkspaceTrusted'))
  .map(({ title }) => `Forkscope: ${words[title.replaceAll('%', '')]}`);

describe('a folder that is not trusted', () => {
  let code: VsCode;
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-untrusted-'));
  const told = path.join(scratch, 'told.txt');
  const whatRan = () => (existsSync(told) ? readFileSync(told, 'utf8') : '');

  before(async () => {
    const workspace = path.join(scratch, 'stranger');
    writeTraps(workspace, told);
    const settings = { 'security.workspace.trust.startupPrompt': 'never' };
    code = await openVsCode({ workspace, workspaceTrust: true, settings, development: [repository] });
  });
  after(async () => {
    await code?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  /** Commands of Forkscope that the palette offers. */
  async function offered(): Promise<Set<string>> {
    const { page } = code.workbench;
    await page.keyboard.press('F1');
    const input = page.locator('.quick-input-widget input.input');
    await input.fill('>Forkscope: ');
    const entries = page.locator('.quick-input-list .monaco-list-row');
    await entries.filter({ hasText: 'Forkscope: Open Trace…' }).first().waitFor();
    const found = new Set<string>();
    // Only what is in sight is drawn.
    for (let size = -1; size !== found.size; await input.press('PageDown')) {
      size = found.size;
      for (const text of await entries.locator('.label-name').allTextContents()) found.add(text);
    }
    await code.workbench.closePalette();
    return found;
  }

  it('says in the empty tree what can be done, and where trust is managed', async () => {
    const { workbench } = code;
    await workbench.status('Restricted Mode').waitFor();
    await workbench.openActivity('Forkscope');
    const welcome = workbench.page.locator('.sidebar .welcome-view-content');
    await welcome.getByText('Restricted Mode').waitFor();
    assert.deepEqual(await welcome.locator('.monaco-button').allTextContents(), [
      'Open Trace…',
      'Inspect Running Program…',
      'Manage Workspace Trust',
    ]);
    await workbench.screenshot('untrusted');
  });

  it('offers nothing that runs something of it: not in the palette, the editor, the explorer, nor by keys', async () => {
    const { workbench } = code;
    const { page } = workbench;
    await workbench.openFile('trap.js');
    const commands = await offered();
    assert.ok(commands.has('Forkscope: Inspect Running Program…'), [...commands].join());
    assert.deepEqual(
      running.filter((title) => commands.has(title)),
      [],
    );
    assert.ok(running.length > 5, running.join());
    await workbench.tab('trap.js').click();
    assert.equal(await page.locator('.editor-actions [aria-label*="Tracing"]').count(), 0);
    await page.keyboard.press('Control+K');
    await page.keyboard.press('F5');
    await page.keyboard.press('Control+Shift+E');
    await workbench.rows('trap.js').first().click({ button: 'right' });
    const menu = page.locator('.monaco-menu');
    await menu.getByText('Copy Path').first().waitFor();
    assert.equal(await menu.getByText('Tracing').count(), 0);
    await page.keyboard.press('Escape');
    await workbench.openFile('package.json');
    await page.locator('.view-lines').getByText('preinstall').first().waitFor();
    assert.equal(await page.locator('.codelens-decoration').getByText('Tracing').count(), 0);
    assert.equal(await page.locator('.activitybar [aria-label^="Testing"]').count(), 0);
    assert.equal(whatRan(), '');
  });

  it('looks at running programs by the Node of the user, whatever its settings say', async () => {
    const { workbench } = code;
    await workbench.runCommand('Forkscope: Inspect Running Program…');
    const list = workbench.page.locator('.quick-input-list .monaco-list-row');
    await list
      .filter({ hasText: /No Node\.js program|process/ })
      .first()
      .waitFor();
    await workbench.closePalette();
    assert.equal(whatRan(), '');
  });

  it('opens traces', async () => {
    const { workbench } = code;
    const trace = new TraceBuilder();
    const main = trace.root({ pid: 31, file: '/w/app.ts' });
    main.exit(4);
    const dir = path.join(scratch, 'app.ts');
    writeTrace(dir, trace.items, { launcherPid: 2 ** 22 + 1 });
    await workbench.openActivity('Forkscope');
    const row = workbench.rows('exit code 4').first();
    // Whatever takes the focus closes the dialog.
    for (let i = 0; i < 5 && !(await row.isVisible()); i++) {
      await workbench.runCommand('Forkscope: Open Trace…');
      await workbench.pick('Folder…');
      await workbench.chooseFile(`${dir}/`, 'Open');
      await row.waitFor({ timeout: 10_000 }).catch(() => undefined);
    }
    assert.match((await row.textContent()) ?? '', /^app\.tsexit code 4/);
    // A row of a session that has ended could be run again in a folder that is trusted.
    await row.click({ button: 'right' });
    const menu = workbench.page.locator('.monaco-menu');
    await menu.getByText('Show Report').first().waitFor();
    assert.equal(await menu.getByText('Run Again').count(), 0);
    await workbench.page.keyboard.press('Escape');
    assert.equal(whatRan(), '');
  });

  it('runs its programs, by the Node that its settings name, as soon as it is trusted', async () => {
    const { workbench } = code;
    const { page } = workbench;
    await workbench.runCommand('Workspaces: Manage Workspace Trust');
    await page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
    await workbench.status('Restricted Mode').waitFor({ state: 'hidden' });
    await workbench.openFile('trap.js');
    await page.locator('.editor-actions [aria-label^="Run with Tracing"]').first().click();
    await workbench.openActivity('Forkscope');
    await workbench
      .rows(/^trap\.jsexit code 0/)
      .first()
      .waitFor();
    // What was asked before could have been told.
    assert.match(whatRan(), /\/stranger\/node -p /);
    assert.match(whatRan(), /trap\.js\n/);
  });
});
