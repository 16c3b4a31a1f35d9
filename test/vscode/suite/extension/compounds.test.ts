import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import { aroundDebugging, type DebuggerWatch } from './debugger.ts';
import { folder, isAlive, nodes, pidOf, until } from './support.ts';

/** Runs until it is ended, with a child; in TypeScript that is to be compiled. */
const SIDE = `import { fork } from 'node:child_process';
enum Role { parent, child }
const [, script = '', side = '', of] = process.argv;
const role: Role = of === undefined ? Role.parent : Role.child;
if (role === Role.parent) fork(script, [side, 'child']);
setInterval(() => {}, 1e9);
`;

/** Two configurations of one script, which are started at the same moment. */
function launchFile(stopAll: boolean) {
  const side = (name: string) => ({
    type: 'forkscope',
    request: 'launch',
    name,
    program: '${workspaceFolder}/side.mts',
    args: [name],
  });
  return {
    version: '0.2.0',
    configurations: [side('left'), side('right')],
    compounds: [{ name: 'both sides', configurations: ['left', 'right'], stopAll }],
  };
}

describe('a compound of two forkscope configurations', () => {
  let api: ForkscopeApi;
  let watch: DebuggerWatch;
  /** Promises of the extension's that nobody has awaited: rows that could not be shown while others came. */
  const refused: unknown[] = [];
  const onRefused = (reason: unknown) => {
    if (String(reason).includes('forkscope.forkscope')) refused.push(reason);
  };
  const file = (name: string) => vscode.Uri.joinPath(folder('app'), name);

  aroundDebugging(
    () => file('side.mts'),
    SIDE,
    (...begun) => {
      [api, watch] = begun;
    },
  );
  before(() => void process.on('unhandledRejection', onRefused));
  after(async () => {
    process.off('unhandledRejection', onRefused);
    await vscode.workspace.fs.delete(file('.vscode'), { recursive: true });
  });

  const processes = (dir: string) => nodes(api, dir).filter(({ target }) => target.kind === 'process');
  /** Starts the compound. @returns the folders of both traces, that of the left one first */
  const start = async (stopAll: boolean): Promise<readonly [string, string]> => {
    await vscode.workspace.fs.writeFile(
      file('.vscode/launch.json'),
      Buffer.from(JSON.stringify(launchFile(stopAll))),
    );
    const app = vscode.workspace.workspaceFolders?.find(({ name }) => name === 'app');
    await until('the compound to be known', async () => vscode.debug.startDebugging(app, 'both sides'));
    const of = (name: string) =>
      until(`two live processes of ${name}`, () => {
        const session = api.sessions.list().find((known) => known.name === name);
        const rows = session?.live ? processes(session.dir) : [];
        const isUp = rows.length === 2 && rows.every(({ style }) => style.context.startsWith('process.live'));
        return isUp && session?.dir;
      });
    return [await of('left'), await of('right')];
  };
  const ended = (dir: string) => until('the session to end', () => api.sessions.known(dir)?.live === false);
  const rootOf = (name: string) =>
    until(`the debug session ${name}`, () =>
      [...watch.sessions].find((session) => session.name === name && session.parentSession === undefined),
    );

  it('is two traced sessions, each with its own processes, and both end with one of them (stopAll)', async () => {
    const [left, right] = await start(true);
    assert.notEqual(left, right);
    assert.equal(api.sessions.list().length, 2);
    for (const [dir, side] of [
      [left, 'left'],
      [right, 'right'],
    ] as const)
      await until(`the arguments of ${side}`, () => {
        const all = [...(api.view.indexOf(dir)?.processes.values() ?? [])];
        const args = all.map(({ argv }) => argv.slice(argv.findIndex((arg) => arg.endsWith('side.mts')) + 1));
        return (
          args
            .map((own) => own.join(' '))
            .sort()
            .join() === `${side},${side} child`
        );
      });
    const pids = [left, right].flatMap((dir) => processes(dir).map(pidOf));
    await vscode.debug.stopDebugging(await rootOf('left'));
    await Promise.all([left, right].map(ended));
    await until('every process to end', () => !pids.some(isAlive));
    for (const dir of [left, right]) assert.deepEqual(api.sessions.get(dir)?.lastUpdate?.findings, []);
    assert.deepEqual(refused, []);
  });

  it('leaves the other one running without stopAll', async () => {
    const [left, right] = await start(false);
    await vscode.debug.stopDebugging(await rootOf('right'));
    await ended(right);
    assert.ok(processes(left).map(pidOf).every(isAlive));
    assert.equal(api.sessions.known(left)?.live, true);
    await vscode.debug.stopDebugging(await rootOf('left'));
    await ended(left);
  });
});
