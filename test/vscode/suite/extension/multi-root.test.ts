import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import { cleanUp, folder, forkscope, nodes, until } from './support.ts';

/** Takes a lock twice: a proven hang of one process. Tells first where it runs, and on what. */
const HANGS = `import { writeFileSync } from 'node:fs';
import { Lock } from 'forkscope';

const seen = { cwd: process.cwd(), node: process.execPath, args: process.argv.slice(2) };
writeFileSync(new URL('./seen.json', import.meta.url), JSON.stringify(seen));
const lock = new Lock({ name: 'twice' });
await lock.acquire();
await lock.acquire();
`;
/** Settings of the second folder, none of which is that of the others. */
const SECOND = {
  onDeadlock: 'kill',
  'findings.disabled': ['unsettled-await'],
  'findings.thresholds': { suspectAfter: 90_000 },
};

describe('a window of several folders', () => {
  let api: ForkscopeApi;
  const script = (name: string) => vscode.Uri.joinPath(folder(name), 'hangs.mts');
  const inSecond = () => vscode.workspace.getConfiguration('forkscope', folder('tools'));
  const set = async (values: Readonly<Record<string, unknown>>) => {
    for (const [name, value] of Object.entries(values))
      await inSecond().update(name, value, vscode.ConfigurationTarget.WorkspaceFolder);
  };

  before(async () => {
    api = await forkscope();
    await cleanUp(api);
    for (const name of ['app', 'tools'])
      await vscode.workspace.fs.writeFile(script(name), Buffer.from(HANGS));
  });
  afterEach(async () => {
    await vscode.debug.stopDebugging();
    if (api.sessions.list().some(({ live }) => live)) await vscode.commands.executeCommand('forkscope.stop');
    await set(Object.fromEntries(Object.keys(SECOND).map((name) => [name, undefined])));
    await set({ runtimeExecutable: undefined });
    for (const name of ['app', 'tools']) await api.runner.args.set(script(name), []);
    await cleanUp(api);
  });
  after(async () => {
    for (const name of ['app', 'tools']) await vscode.workspace.fs.delete(script(name));
  });

  const seenIn = (name: string) =>
    JSON.parse(readFileSync(path.join(folder(name).fsPath, 'seen.json'), 'utf8'));
  const run = async (name: string) => {
    const dir = await vscode.commands.executeCommand<string>('forkscope.runWithTracing', script(name));
    assert.ok(dir);
    return dir;
  };
  const findings = (dir: string) => api.sessions.get(dir)?.lastUpdate?.findings.map(({ kind }) => kind) ?? [];
  const found = (dir: string) => until('the finding', () => findings(dir).includes('self-deadlock'));
  const ended = (dir: string) => until('the session to end', () => api.sessions.known(dir)?.live === false);
  const description = (dir: string) =>
    nodes(api, dir).find(({ target }) => target.kind === 'process')?.style.description ?? '';

  it('goes by the settings of the folder that has the script', async () => {
    await set(SECOND);
    // What runs the extension host is a Node too, and another one than that of PATH; that of a desktop is no Node.
    const own = process.versions.electron ? '' : process.execPath;
    await set({ runtimeExecutable: own });
    const second = await run('tools');
    await ended(second);
    await until('its end', () => /SIG/.test(description(second)));
    assert.equal(seenIn('tools').cwd, folder('tools').fsPath);
    if (own !== '') assert.equal(seenIn('tools').node, own);
    const first = await run('app');
    await found(first);
    assert.equal(seenIn('app').cwd, folder('app').fsPath);
    if (own !== '') assert.notEqual(seenIn('app').node, own);
    assert.equal(api.sessions.known(first)?.live, true, 'nobody asked for its end');
  });

  it('does not look for what the folder has switched off, in the tree neither', async () => {
    await set({ 'findings.disabled': ['self-deadlock'] });
    const first = await run('app');
    const second = await run('tools');
    await found(first);
    await until('the second one to stand still', () => description(second).includes('twice'));
    // The first one has been found by then, by the same clock.
    const [last] = api.sessions.get(second)?.lastUpdate?.findings ?? [];
    assert.notEqual(last?.kind, 'self-deadlock');
    await vscode.commands.executeCommand('forkscope.stop', api.view.store.get(first));
    await ended(first);
    assert.ok(!findings(second).includes('self-deadlock'), findings(second).join());
    await vscode.commands.executeCommand('forkscope.stop', api.view.store.get(second));
    await ended(second);
  });

  it('debugs in the folder of the script, whichever is the first', async () => {
    await set(SECOND);
    await api.runner.args.set(script('tools'), ['debugged']);
    await vscode.commands.executeCommand('forkscope.debugWithTracing', script('tools'));
    const seen = await until('what it has seen', () => seenIn('tools').args.length > 0 && seenIn('tools'));
    assert.equal(seen.cwd, folder('tools').fsPath);
    assert.deepEqual(seen.args, ['debugged']);
    const { dir } = await until('its session', () => api.sessions.list().find(({ live }) => live));
    await vscode.commands.executeCommand('forkscope.stop');
    await ended(dir);
  });

  it('keeps arguments and places of each folder apart where names are the same', async () => {
    await api.runner.args.set(script('app'), ['of app']);
    await set({ 'findings.disabled': [] });
    const dirs = [await run('app'), await run('tools')];
    for (const dir of dirs) await found(dir);
    assert.deepEqual([seenIn('app').args, seenIn('tools').args], [['of app'], []]);
    for (const [i, name] of ['app', 'tools'].entries()) {
      const sites =
        api.sessions.get(dirs[i] ?? '')?.lastUpdate?.findings.flatMap((finding) => finding.sites) ?? [];
      assert.ok(sites.length > 0 && sites.every(({ file }) => file === script(name).fsPath), name);
      const problems = () =>
        vscode.languages.getDiagnostics(script(name)).filter(({ source }) => source === 'Forkscope');
      await until(`the problem in ${name}`, () => problems().length > 0);
    }
    for (const dir of dirs) {
      await vscode.commands.executeCommand('forkscope.stop', api.view.store.get(dir));
      await ended(dir);
    }
  });
});
