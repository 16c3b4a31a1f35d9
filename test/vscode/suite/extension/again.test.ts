import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import { inPage, itOnPage } from '../../harness/suite.ts';
import { cleanUp, folder, forkscope, isAlive, pidOf, processNode, until } from './support.ts';

/** Writes down its arguments and its process id, a line a run, and waits where it is told so. */
const NOTED = `import { appendFileSync } from 'node:fs';
const line = JSON.stringify({ pid: process.pid, args: process.argv.slice(2), node: process.execPath });
appendFileSync(new URL('./runs.txt', import.meta.url), line + '\\n');
if (process.argv[2] === 'wait') setInterval(() => {}, 1e9);
`;

interface Run {
  readonly pid: number;
  readonly args: readonly string[];
  readonly node: string;
}

describe('running again', () => {
  let api: ForkscopeApi;
  const script = () => vscode.Uri.joinPath(folder('app'), 'noted.mjs');
  const note = () => path.join(folder('app').fsPath, 'runs.txt');
  const runs = (): Run[] =>
    readFileSync(note(), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));

  before(async () => {
    api = await forkscope();
    await vscode.workspace.fs.writeFile(script(), Buffer.from(NOTED));
  });
  const prepare = async (args: readonly string[]) => {
    await cleanUp(api);
    await vscode.workspace.fs.writeFile(vscode.Uri.file(note()), Buffer.from(''));
    await api.runner.args.set(script(), args);
  };
  afterEach(async () => {
    await vscode.debug.stopDebugging();
    if (api.sessions.list().some(({ live }) => live)) await vscode.commands.executeCommand('forkscope.stop');
    await api.runner.args.set(script(), []);
    await cleanUp(api);
  });

  const start = async () => {
    const dir = await vscode.commands.executeCommand<string>('forkscope.runWithTracing', script());
    assert.ok(dir);
    return dir;
  };
  const ended = (dir: string) => until('the session to end', () => api.sessions.known(dir)?.live === false);
  const row = (dir: string, context: string) =>
    until(`the row of ${context}`, () => {
      const root = api.view.store.get(dir);
      return root?.style.context === context && root;
    });
  /** The session that has come beside those. */
  const next = (...before: readonly string[]) =>
    until('another session', () => api.sessions.list().find(({ dir }) => !before.includes(dir))?.dir);

  itOnPage('has the arguments of then, and takes the place of the finished terminal', async () => {
    await prepare(['one', 'two words']);
    const first = await start();
    await ended(first);
    const terminal = api.runner.terminalOf(first);
    await row(first, 'session.ended.again');
    await api.runner.args.set(script(), ['other']);
    await inPage(async (workbench) => {
      await workbench.openActivity('Forkscope');
      const session = workbench.rows('noted.mjsexit code 0').first();
      const button = session.locator('.actions a[aria-label^="Run Again"]');
      // A refresh of the tree can take the row from under the pointer.
      for (let i = 0; i < 20 && !(await button.isVisible()); i++) {
        await workbench.page.locator('.statusbar').hover();
        await session.hover();
      }
      await button.click();
    });
    const second = await next(first);
    await ended(second);
    assert.deepEqual(
      runs().map(({ args }) => args),
      [
        ['one', 'two words'],
        ['one', 'two words'],
      ],
    );
    assert.equal(runs()[0]?.node, runs()[1]?.node);
    await until('one terminal', () => vscode.window.terminals.length === 1);
    assert.notEqual(api.runner.terminalOf(second), terminal);
    assert.equal(api.runner.terminalOf(first), undefined);
    assert.equal(api.view.store.roots[0]?.dir, second);
  });

  it('leaves the terminals of other scripts, and those in which something runs', async () => {
    await prepare(['wait']);
    const first = await start();
    await until('the first', () => runs().length === 1);
    const other = await vscode.commands.executeCommand<string>(
      'forkscope.runWithTracing',
      vscode.Uri.joinPath(folder('tools'), 'where.js'),
    );
    await ended(other);
    const second = await start();
    await until('the second', () => runs().length === 2);
    assert.equal(vscode.window.terminals.length, 3);
    for (const dir of [first, other, second]) assert.ok(api.runner.terminalOf(dir));
    for (const dir of [first, second]) {
      await vscode.commands.executeCommand('forkscope.stop', api.view.store.get(dir));
      await ended(dir);
    }
  });

  it('restarts what runs: the same script and arguments in a new process', async () => {
    await prepare(['wait', 'here']);
    const first = await start();
    const running = await row(first, 'session.live.terminal.again');
    const pid = pidOf(await until('the program', () => processNode(api, first, 'noted.mjs')));
    await until('its line', () => runs().length === 1);
    await vscode.commands.executeCommand('forkscope.restart', running);
    assert.ok(!isAlive(pid));
    const second = await next(first);
    await until('its second run', () => runs().length === 2);
    assert.deepEqual(runs()[1]?.args, ['wait', 'here']);
    assert.notEqual(runs()[1]?.pid, pid);
    assert.equal(api.sessions.known(second)?.live, true);
    await until('one terminal', () => vscode.window.terminals.length === 1);
  });

  it('debugs again what was debugged', async () => {
    await prepare(['debugged']);
    await vscode.commands.executeCommand('forkscope.debugWithTracing', script());
    const first = await next();
    await ended(first);
    const over = await row(first, 'session.ended.again');
    await vscode.commands.executeCommand('forkscope.runAgain', over);
    const second = await next(first);
    await ended(second);
    assert.deepEqual(
      runs().map(({ args }) => args),
      [['debugged'], ['debugged']],
    );
    await row(second, 'session.ended.again');
  });

  it('is not offered for a trace that was opened: nobody knows how it was started', async () => {
    await prepare([]);
    const dir = await start();
    await ended(dir);
    api.sessions.close(dir);
    await vscode.commands.executeCommand('forkscope.openTrace', dir);
    await row(dir, 'session.ended');
  });
});
