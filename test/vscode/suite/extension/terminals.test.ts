import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import { inPage, itOnPage } from '../../harness/suite.ts';
import { cleanUp, folder, forkscope, until } from './support.ts';

const NOTED = `const { appendFileSync, existsSync } = require('node:fs');
const { spawnSync } = require('node:child_process');
if (process.argv[2] === 'parent') spawnSync('node', [__filename, 'child']);
appendFileSync(require('node:path').join(__dirname, 'typed.txt'), process.argv[2] + ' ' + Boolean(process.env.FORKSCOPE_SESSION) + '\\n');
const going = setInterval(() => { if (!['traced', 'parent'].includes(process.argv[2]) || existsSync(__dirname + '/seen.txt')) clearInterval(going); }, 50);
`;

describe('traced terminals', () => {
  let api: ForkscopeApi;
  const seen = () => vscode.Uri.joinPath(folder('app'), 'seen.txt');
  const note = () => path.join(folder('app').fsPath, 'typed.txt');
  const notes = () => (existsSync(note()) ? readFileSync(note(), 'utf8').split('\n').filter(Boolean) : []);
  const configure = (value: boolean | undefined) =>
    vscode.workspace
      .getConfiguration('forkscope')
      .update('traceTerminals', value, vscode.ConfigurationTarget.Global);
  const ended = (dir: string) => until('the session to end', () => api.sessions.known(dir)?.live === false);
  const type = (terminal: vscode.Terminal, what: string) =>
    terminal.sendText(`node '${path.join(folder('app').fsPath, 'typed.cjs')}' ${what}`);

  before(async () => {
    api = await forkscope();
    await cleanUp(api);
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder('app'), 'typed.cjs'), Buffer.from(NOTED));
  });
  afterEach(async () => {
    await configure(undefined);
    await cleanUp(api);
    rmSync(note(), { force: true });
    rmSync(seen().fsPath, { force: true });
  });
  after(() => vscode.workspace.fs.delete(vscode.Uri.joinPath(folder('app'), 'typed.cjs')));

  const sessions = async (count: number) => {
    await until(`${count} sessions`, () => api.sessions.list().length === count);
    for (const { dir } of api.sessions.list()) await ended(dir);
    return api.sessions.list();
  };

  itOnPage(
    'the profile: each command is a session, its children belong to it, and its terminal is known',
    async () => {
      // The editor knows of contributed profiles a moment later: the list that is open then does not have them.
      await until('the profile in the list', async () => {
        const picking = vscode.commands.executeCommand('workbench.action.terminal.newWithProfile');
        const isThere = await inPage(async (workbench) => {
          // Of several folders one is asked for first.
          await workbench.pick('tools');
          await workbench.page
            .locator('.quick-input-list .monaco-list-row', { hasText: 'bash' })
            .first()
            .waitFor();
          const row = workbench.page.locator('.quick-input-list .monaco-list-row', {
            hasText: 'Forkscope Terminal',
          });
          if (await row.isVisible()) await row.click();
          else await workbench.page.keyboard.press('Escape');
          return true;
        });
        await picking;
        return isThere && vscode.window.terminals.length > 0;
      });
      const terminal = await until('the terminal', () => vscode.window.terminals[0]);
      type(terminal, 'parent');
      const first = await until('its session', () => api.sessions.list()[0]);
      assert.equal(api.runner.terminalOf(first.dir), terminal);
      await vscode.workspace.fs.writeFile(seen(), Buffer.from(''));
      await sessions(1);
      assert.deepEqual(notes(), ['child true', 'parent true']);
      const processes = (await api.sessions.get(first.dir)?.query('processes', {})) ?? [];
      assert.equal(processes.length, 2);
      // Its process is a shell: nobody may take it for what runs the session.
      assert.equal(await api.runner.launcherOf(first.dir), undefined);
      type(terminal, 'second');
      const [, second] = await sessions(2);
      assert.notEqual(second?.dir, first?.dir);
      assert.equal(terminal.exitStatus, undefined);
    },
  );

  itOnPage(
    'the toggle: off at first, new terminals are traced when it is on, and not when it is off again',
    async () => {
      const plain = vscode.window.createTerminal('plain');
      type(plain, 'untraced');
      await until('the program', () => notes().length === 1);
      assert.deepEqual(notes(), ['untraced false']);
      const toggle = () =>
        inPage((workbench) => workbench.runCommand('Forkscope: Trace Terminals (On or Off)'));
      const isOn = () => vscode.workspace.getConfiguration('forkscope').get('traceTerminals');
      await toggle();
      await until('the setting', isOn);
      const traced = await until('a traced terminal', async () => {
        const terminal = vscode.window.createTerminal('traced');
        type(terminal, 'traced');
        const before = notes().length;
        await until('the program', () => notes().length > before);
        return notes().at(-1) === 'traced true' && terminal;
      });
      const known = await until('its session', () => api.sessions.list()[0]);
      assert.equal(api.runner.terminalOf(known.dir), traced);
      await vscode.workspace.fs.writeFile(seen(), Buffer.from(''));
      await sessions(1);
      type(traced, 'short');
      // It ends before anybody looks.
      await sessions(2);
      await toggle();
      await until('the setting', () => !isOn());
      const again = vscode.window.createTerminal('again');
      type(again, 'again');
      await until('the program', () => notes().some((line) => line.startsWith('again')));
      assert.ok(notes().includes('again false'), String(notes()));
      await sessions(2);
    },
  );
});
