import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import type { TreeNode } from '../../../../src/extension/tree/nodes.ts';
import { cleanUp, folder, forkscope, nodes, pidOf, until } from './support.ts';

/** Children that stand still or run in every way that there is; `count` of them. */
const CROWD = `import { fork } from 'node:child_process';
import { isMain, Lock, Process } from 'forkscope';

export function stuck(lock: Lock): void {
  lock.acquireSync();
}

async function main(count: number): Promise<void> {
  const lock = new Lock({ name: 'held' });
  await lock.acquire();
  await new Process({ target: stuck, args: [lock], name: 'in acquireSync' }).start();
  for (let i = 1; i < count; i++) fork(process.argv[1] ?? '', [['wait', 'loop', 'rest'][i < 3 ? i - 1 : 2] ?? '', String(i)]);
}

if (isMain(import.meta)) {
  const [, , how = '', count] = process.argv;
  if (how === 'wait') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  else if (how === 'loop') for (;;) Math.sqrt(2);
  else if (how === 'rest') setInterval(() => {}, 1e9);
  else void main(Number(count));
}
`;

describe('holding processes of the tree', () => {
  let api: ForkscopeApi;
  let dir = '';
  const script = () => vscode.Uri.joinPath(folder('app'), 'crowd.ts');

  before(async () => {
    api = await forkscope();
    await cleanUp(api);
    await vscode.workspace.fs.writeFile(script(), Buffer.from(CROWD));
  });
  afterEach(async () => {
    await vscode.debug.stopDebugging();
    await vscode.commands.executeCommand('forkscope.stop');
    await cleanUp(api);
    await api.runner.args.set(script(), []);
  });

  const processes = () =>
    nodes(api, dir).filter(
      ({ target, style }) => target.kind === 'process' && style.context.startsWith('process.live'),
    );
  const start = async (count: number): Promise<TreeNode[]> => {
    await api.runner.args.set(script(), ['crowd', String(count)]);
    dir = await vscode.commands.executeCommand<string>('forkscope.runWithTracing', script());
    return until(`${count} children`, () => {
      const rows = processes();
      return (
        rows.length === count + 1 && rows.every(({ style }) => !/starting/.test(style.description)) && rows
      );
    });
  };
  const isStopped = (row: TreeNode) =>
    readFileSync(`/proc/${pidOf(row)}/stat`, 'utf8')
      .split(') ')[1]!
      .startsWith('T');

  it('pauses and continues all of thirty, in whatever they are', async () => {
    const rows = await start(29);
    const root = api.view.store.get(dir);
    const begin = performance.now();
    await vscode.commands.executeCommand('forkscope.pauseAll', root);
    await until('all to be stopped', () => rows.every(isStopped));
    console.log(`      ${rows.length} processes paused in ${Math.round(performance.now() - begin)} ms`);
    await until('the rows', () =>
      processes().every(({ style }) => style.description.startsWith('stopped by a signal')),
    );
    assert.ok(processes().every(({ style }) => style.context.startsWith('process.live.paused')));
    await vscode.commands.executeCommand('forkscope.continueAll', root);
    await until('all to go on', () => !rows.some(isStopped));
    await until('the rows', () => processes().every(({ style }) => !/stopped/.test(style.description)));
  });

  it('pauses one process, several that are selected, and one with all below', async () => {
    const rows = await start(4);
    const [root, first, second, third] = rows as [TreeNode, TreeNode, TreeNode, TreeNode];
    await vscode.commands.executeCommand('forkscope.pause', first);
    await until('one to be stopped', () => isStopped(first));
    assert.deepEqual(rows.filter(isStopped), [first]);
    await vscode.commands.executeCommand('forkscope.continue', first, [first, second]);
    await vscode.commands.executeCommand('forkscope.pause', second, [second, third]);
    await until('two to be stopped', () => isStopped(second) && isStopped(third));
    assert.deepEqual(rows.filter(isStopped), [second, third]);
    await vscode.commands.executeCommand('forkscope.continueBelow', root);
    await until('all to go on', () => !rows.some(isStopped));
    await vscode.commands.executeCommand('forkscope.copyRow', second, [second, third]);
    const copied = (await vscode.env.clipboard.readText()).split('\n');
    assert.deepEqual(
      copied.map((line) => line.split(' · ')[0]),
      [second.style.label, third.style.label],
    );
  });

  it('attaches the debugger to the seventh child of ten, and to another at the same time', async () => {
    const rows = await start(10);
    const seventh = rows.find(({ style }) => / 7$/.test(style.label));
    const third = rows.find(({ style }) => / 3$/.test(style.label));
    assert.ok(seventh && third, rows.map(({ style }) => style.label).join());
    const started: string[] = [];
    const listener = vscode.debug.onDidStartDebugSession(({ name }) => started.push(name));
    for (const [row, number] of [
      [seventh, '7'],
      [third, '3'],
    ] as const) {
      await vscode.commands.executeCommand('forkscope.attachDebugger', row);
      const { session } = await until('the debug session', () =>
        api.debugging.debuggees.of(pidOf(row)),
      ).catch((error: Error) => assert.fail(`${error.message} of ${pidOf(row)}; started: ${started.join()}`));
      const expression = '`${process.pid} ${process.argv[3]}`';
      const { result } = await until('an answer', () =>
        session.customRequest('evaluate', { expression, context: 'repl' }),
      );
      assert.equal(result, `'${pidOf(row)} ${number}'`);
    }
    listener.dispose();
  });
});
