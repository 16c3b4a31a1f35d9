import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import { inPage, itOnPage } from '../../harness/suite.ts';
import { cleanUp, folder, forkscope, isAlive, nodes, pidOf, processNode, until } from './support.ts';

/** A program that writes down what it finds, since what a terminal shows cannot be read by an extension. */
const NOTE = `import { writeFileSync } from 'node:fs';
const { cwd, stdin, stdout } = process;
const terminal = Boolean(stdin.isTTY && stdout.isTTY);
const seen = { cwd: cwd(), args: process.argv.slice(2), terminal, columns: stdout.columns, VERSION };
writeFileSync(new URL('./note.json', import.meta.url), JSON.stringify(seen));
`;

describe('running with tracing', () => {
  let api: ForkscopeApi;
  before(async () => {
    api = await forkscope();
  });
  afterEach(() => cleanUp(api));
  after(() => cleanUp(api));

  const run = async (script: vscode.Uri) => {
    const dir = await vscode.commands.executeCommand<string>('forkscope.runWithTracing', script);
    assert.ok(dir);
    return dir;
  };
  const ended = (dir: string) => until('the session to end', () => api.sessions.known(dir)?.live === false);

  it('saves edited files, runs in the workspace folder of the file, on a real terminal, with its arguments', async () => {
    for (const name of ['app', 'tools']) {
      const script = vscode.Uri.joinPath(folder(name), 'note.mjs');
      await vscode.workspace.fs.writeFile(script, Buffer.from('// empty\n'));
      const document = await vscode.workspace.openTextDocument(script);
      const edit = new vscode.WorkspaceEdit();
      edit.replace(script, new vscode.Range(0, 0, 1, 0), NOTE.replace('VERSION', `version: '${name}'`));
      await vscode.workspace.applyEdit(edit);
      assert.ok(document.isDirty);
      await api.runner.args.set(script, ['two words', `--${name}`]);
      const dir = await run(script);
      assert.ok(!document.isDirty);
      await ended(dir);
      const note = JSON.parse(readFileSync(path.join(folder(name).fsPath, 'note.json'), 'utf8'));
      assert.equal(typeof note.columns, 'number');
      const expected = {
        cwd: folder(name).fsPath,
        args: ['two words', `--${name}`],
        terminal: true,
        version: name,
      };
      assert.deepEqual({ ...note, columns: undefined }, { ...expected, columns: undefined });
    }
  });

  it('keeps traces in its own storage, private, and not in the workspace', async () => {
    const before = readdirSync(folder('tools').fsPath);
    const dir = await run(vscode.Uri.joinPath(folder('tools'), 'where.js'));
    await ended(dir);
    assert.deepEqual(readdirSync(folder('tools').fsPath), before);
    assert.ok(dir.startsWith(api.runner.traces) && existsSync(path.join(dir, 'session.def')));
    await until('the exit code', () =>
      /^exit code 0 · /.test(processNode(api, dir, 'where.js')?.style.description ?? ''),
    );
  });

  it('takes what is typed into the terminal, and leaves it open to be read at the end', async () => {
    const dir = await run(vscode.Uri.joinPath(folder('app'), 'talk.ts'));
    const terminal = api.runner.terminalOf(dir)!;
    await until('the program', () =>
      processNode(api, dir, 'talk.ts')?.style.context.startsWith('process.live'),
    );
    terminal.sendText('hello');
    terminal.sendText('bye');
    await ended(dir);
    await until('the exit code', () =>
      /^exit code 7 · /.test(processNode(api, dir, 'talk.ts')?.style.description ?? ''),
    );
    assert.equal(terminal.exitStatus, undefined);
    terminal.sendText('x', false);
    await until('the terminal to close after a key', () => terminal.exitStatus !== undefined);
  });

  it('Ctrl-C in the terminal reaches the program', async () => {
    const dir = await run(vscode.Uri.joinPath(folder('app'), 'talk.ts'));
    const node = await until('the program', () => processNode(api, dir, 'talk.ts'));
    const pid = pidOf(node);
    api.runner.terminalOf(dir)?.sendText('\u0003', false);
    await until('its end', () => !isAlive(pid));
    await until('the signal', () => /SIGINT/.test(processNode(api, dir, 'talk.ts')?.style.description ?? ''));
  });

  it('stops once, however often Stop is pressed', async () => {
    const script = vscode.Uri.joinPath(folder('app'), 'stubborn.mjs');
    const text = `import { appendFileSync } from 'node:fs';
const note = new URL('./signals.txt', import.meta.url);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => appendFileSync(note, signal + ' '));
setInterval(() => {}, 1e9);
appendFileSync(note, 'ready ');
`;
    await vscode.workspace.fs.writeFile(script, Buffer.from(text));
    const note = () => readFileSync(path.join(folder('app').fsPath, 'signals.txt'), 'utf8');
    const dir = await run(script);
    const pid = pidOf(await until('the program', () => processNode(api, dir, 'stubborn.mjs')));
    await until('it listens', () => note().startsWith('ready'));
    const stop = () => vscode.commands.executeCommand('forkscope.stop');
    const first = stop();
    await until('the first signal', () => note().includes('SIGINT'));
    await Promise.all([first, stop()]);
    // A killed process is there until its parent has taken note of it.
    await until('its end', () => !isAlive(pid));
    assert.equal(note(), 'ready SIGINT SIGTERM ');
  });

  itOnPage('asks where what has never been saved is to be saved, and runs it then', async () => {
    const document = await vscode.workspace.openTextDocument({
      language: 'typescript',
      content: 'const answer: number = 42;\nprocess.exit(answer);\n',
    });
    await vscode.window.showTextDocument(document);
    const running = vscode.commands.executeCommand<string>('forkscope.runWithTracing');
    await inPage(
      (workbench, file) => workbench.chooseFile(file, 'OK'),
      path.join(folder('app').fsPath, 'saved.ts'),
    );
    const dir = await running;
    assert.ok(dir);
    await ended(dir);
    await until('the exit code', () =>
      /^exit code 42 · /.test(processNode(api, dir, 'saved.ts')?.style.description ?? ''),
    );
  });

  itOnPage('does not run what has never been saved when it is not to be saved', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'typescript', content: '1;' });
    await vscode.window.showTextDocument(document);
    const running = vscode.commands.executeCommand('forkscope.runWithTracing');
    await inPage(async ({ page }) => {
      await page.locator('.quick-input-widget').getByText('OK', { exact: true }).waitFor();
      await page.keyboard.press('Escape');
    });
    assert.equal(await running, undefined);
    assert.deepEqual(api.sessions.list(), []);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  itOnPage('says that a script is gone, and shows no session of it', async () => {
    const script = vscode.Uri.joinPath(folder('tools'), 'gone.js');
    assert.equal(await vscode.commands.executeCommand('forkscope.runWithTracing', script), undefined);
    const text = await inPage((workbench) => workbench.notification('gone.js').first().textContent());
    assert.match(text ?? '', /gone\.js does not exist any more\./);
    assert.deepEqual(api.sessions.list(), []);
  });

  it('shows a live program with stdio of its own children, Node or not', async () => {
    const script = vscode.Uri.joinPath(folder('app'), 'family.js');
    const text = `const { spawn, fork } = require('node:child_process');
if (process.argv[2] === 'child') setInterval(() => {}, 1e9);
else { spawn('sleep', ['1000']); fork(__filename, ['child']); }
`;
    await vscode.workspace.fs.writeFile(script, Buffer.from(text));
    const dir = await run(script);
    const rows = await until('the family', () => {
      const found = nodes(api, dir).filter((n) => n.target.kind === 'process');
      return found.length === 3 && found.every((n) => n.style.context.startsWith('process.live')) && found;
    });
    const sleeper = await until('the reason', () => {
      const row = nodes(api, dir).find((n) => n.style.label === 'sleep');
      return row?.style.mark === 'faded' && /^not traced: .+ · pid \d+$/.test(row.style.description) && row;
    });
    await vscode.commands.executeCommand('forkscope.stopProcess', sleeper);
    await until('sleep to end', () => !isAlive(pidOf(sleeper)));
    const others = rows.map(pidOf).filter((pid) => pid !== pidOf(sleeper));
    assert.ok(others.every(isAlive));
    await vscode.commands.executeCommand('forkscope.stop');
    await until('the rest to end', () => others.every((pid) => !isAlive(pid)));
  });

  itOnPage('no usable Node: says so, with a way to choose another one', async () => {
    const configuration = vscode.workspace.getConfiguration('forkscope');
    const target = vscode.ConfigurationTarget.Global;
    await configuration.update('runtimeExecutable', '/nowhere/node', target);
    try {
      const script = vscode.Uri.joinPath(folder('tools'), 'where.js');
      assert.equal(await vscode.commands.executeCommand('forkscope.runWithTracing', script), undefined);
      const seen = await inPage(async (workbench) => {
        const toast = workbench.notification('forkscope.runtimeExecutable').first();
        const text = await toast.textContent();
        await toast.getByRole('button', { name: 'Select Node.js…' }).click();
        await workbench.page
          .locator('.quick-input-widget .monaco-list-row', { hasText: 'The node of my shell' })
          .click();
        return text;
      });
      assert.match(seen ?? '', /can’t be used: no Node found \(\/nowhere\/node\)/);
      await until(
        'the setting',
        () => vscode.workspace.getConfiguration('forkscope').get('runtimeExecutable') === '',
      );
    } finally {
      await configuration.update('runtimeExecutable', undefined, target);
    }
    assert.deepEqual(api.sessions.list(), []);
  });

  itOnPage('asks for arguments, remembers them for the file, and refuses an open quote', async () => {
    const script = vscode.Uri.joinPath(folder('tools'), 'where.js');
    const asked = vscode.commands.executeCommand('forkscope.setArguments', script);
    const problem = await inPage(async (workbench) => {
      const input = workbench.page.locator('.quick-input-widget input.input');
      await input.fill('one "two');
      const message = workbench.page.locator('.quick-input-message');
      await message.filter({ hasText: 'is not closed' }).waitFor();
      const text = await message.textContent();
      await workbench.type('one "two three"');
      return text;
    });
    await asked;
    assert.match(problem ?? '', /The quote " is not closed/);
    assert.deepEqual(api.runner.args.of(script), ['one', 'two three']);
    await api.runner.args.set(script, []);
  });

  itOnPage('is offered in the editor and in the explorer, for scripts only', async () => {
    const open = async (name: string) => {
      await vscode.window.showTextDocument(vscode.Uri.joinPath(folder('tools'), name));
    };
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder('tools'), 'data.json'), Buffer.from('{}'));
    const shown = () =>
      inPage(async (workbench) => {
        const title = workbench.page.locator('.editor-group-container .title .editor-actions');
        await title.locator('.action-item').first().waitFor();
        return title.locator('[aria-label^="Run with Tracing"]').count();
      });
    await open('where.js');
    await until('the button', async () => (await shown()) > 0);
    await open('data.json');
    await until('no button', async () => (await shown()) === 0);
  });
});
