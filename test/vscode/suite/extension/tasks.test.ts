import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import { cleanUp, folder, forkscope, processNode, until } from './support.ts';

const NOTED = `import { appendFileSync } from 'node:fs';
const line = JSON.stringify({ cwd: process.cwd(), args: process.argv.slice(2), tty: process.stdout.isTTY === true });
appendFileSync(new URL('./tasks.txt', import.meta.url), line + '\\n');
if (process.argv[2] === 'wait') setInterval(() => {}, 1e9);
process.exitCode = 5;
`;
const TASKS = {
  version: '2.0.0',
  tasks: [
    {
      type: 'forkscope',
      label: 'noted',
      script: '${workspaceFolder}/noted-task.mjs',
      args: ['two words', '${workspaceFolderBasename}'],
      problemMatcher: [],
    },
    { type: 'forkscope', label: 'waits', script: 'noted-task.mjs', args: ['wait'], problemMatcher: [] },
  ],
};

describe('tasks with tracing', () => {
  let api: ForkscopeApi;
  const app = () => folder('app');
  const write = (name: string, text: string) =>
    vscode.workspace.fs.writeFile(vscode.Uri.joinPath(app(), name), Buffer.from(text));
  const runs = () =>
    readFileSync(path.join(app().fsPath, 'tasks.txt'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const ended = (dir: string) => until('the session to end', () => api.sessions.known(dir)?.live === false);
  const task = (name: string) =>
    until(`the task ${name}`, async () =>
      (await vscode.tasks.fetchTasks({ type: 'forkscope' })).find((t) => t.name === name),
    );
  const session = (count: number) =>
    until(`session ${count}`, () => api.sessions.list().length === count && api.sessions.list()[count - 1]);

  before(async () => {
    api = await forkscope();
    await write('noted-task.mjs', NOTED);
    await write('package.json', '{ "scripts": { "noted": "node noted-task.mjs by-npm" } }');
    await vscode.workspace.fs.createDirectory(vscode.Uri.joinPath(app(), '.vscode'));
    await write('.vscode/tasks.json', JSON.stringify(TASKS));
  });
  afterEach(async () => {
    for (const execution of vscode.tasks.taskExecutions) execution.terminate();
    await until('the tasks to end', () => vscode.tasks.taskExecutions.length === 0);
    await cleanUp(api);
    await write('tasks.txt', '');
  });
  after(() => vscode.workspace.fs.delete(vscode.Uri.joinPath(app(), '.vscode'), { recursive: true }));

  it('finds the npm scripts of every folder, each a task that becomes a session', async () => {
    await vscode.tasks.executeTask(await task('npm run noted'));
    const { dir, name } = await session(1);
    assert.equal(name, 'npm run noted');
    await ended(dir);
    await until('the script', () => processNode(api, dir, 'noted-task.mjs'));
    assert.deepEqual(runs(), [{ cwd: app().fsPath, args: ['by-npm'], tty: true }]);
    assert.equal(path.dirname(dir), api.runner.traces);
  });

  it('runs a script of tasks.json with variables, a session each start, and hands on its exit code', async () => {
    for (const count of [1, 2]) {
      const codes: (number | undefined)[] = [];
      const end = vscode.tasks.onDidEndTaskProcess(({ exitCode }) => codes.push(exitCode));
      await vscode.tasks.executeTask(await task('noted'));
      const { dir, name } = await session(count);
      assert.equal(name, 'noted-task.mjs');
      await ended(dir);
      await until('the end of the task', () => codes.length > 0);
      end.dispose();
      assert.deepEqual(codes, [5]);
      assert.equal(runs().length, count);
    }
    assert.deepEqual(runs()[0], { cwd: app().fsPath, args: ['two words', 'app'], tty: true });
  });

  it('is a session like any other: its terminal is known, it is stopped, and run again', async () => {
    await vscode.tasks.executeTask(await task('waits'));
    const { dir } = await session(1);
    const row = await until('its row', () => {
      const root = api.view.store.get(dir);
      return root?.style.context === 'session.live.terminal.again' && root;
    });
    await until('the program', () => runs().length === 1);
    assert.match(api.runner.terminalOf(dir)?.name ?? '', /waits/);
    await vscode.commands.executeCommand('forkscope.stop', row);
    await ended(dir);
    await vscode.commands.executeCommand('forkscope.runAgain', api.view.store.get(dir));
    await session(2);
    await until('the program again', () => runs().length === 2);
    assert.deepEqual(runs()[1].args, ['wait']);
    await vscode.commands.executeCommand('forkscope.stop');
  });
});
