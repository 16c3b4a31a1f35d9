import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import type { TreeNode } from '../../../../src/extension/tree/nodes.ts';
import { inPage, itOnPage } from '../../harness/suite.ts';
import { aroundDebugging, breakAt, type DebuggerWatch, evaluate, goOn, placeOf } from './debugger.ts';
import { folder, nodes, until } from './support.ts';

/** Three processes; the enum makes the transformer necessary on every Node. */
const THREE = `import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

enum Role {
  parent = 'parent',
  child = 'child',
}

export function work(name: string, role: Role): string {
  const text: string = \`\${role} \${name}\`;
  return text; // here
}

const [, script = '', name] = process.argv;
if (name !== undefined) {
  process.send?.(work(name, Role.child));
  process.disconnect();
} else {
  const answers = ['one', 'two'].map(
    (child) => new Promise<string>((resolve) => fork(script, [child]).once('message', (m) => resolve(String(m)))),
  );
  console.log(work('zero', Role.parent));
  console.log((await Promise.all(answers)).join(', '));
}
export const here = fileURLToPath(import.meta.url);
`;

describe('debugging with tracing', () => {
  let api: ForkscopeApi;
  let watch: DebuggerWatch;
  const script = () => vscode.Uri.joinPath(folder('app'), 'three.mts');

  aroundDebugging(script, THREE, (...begun) => {
    [api, watch] = begun;
  });

  const current = () => api.sessions.list()[0]!;
  const ended = () =>
    until('the session to end', () => current()?.reader?.lastUpdate !== undefined && !current().live);

  /** Three processes at the same line, all of them shown, and their end when they go on. */
  async function threeProcesses(start: () => Thenable<unknown>): Promise<string> {
    breakAt(script(), THREE, '// here');
    await start();
    const stops = await watch.stopped(3);
    assert.deepEqual(await Promise.all(stops.map(placeOf)), Array(3).fill('three.mts:11'));
    const names = await Promise.all(stops.map((stop) => evaluate(stop, 'text')));
    assert.deepEqual(names.sort(), ["'child one'", "'child two'", "'parent zero'"]);
    const { dir } = current();
    const processes = () => nodes(api, dir).filter(({ target }) => target.kind === 'process');
    await until('three paused rows', () => {
      const rows = processes();
      const isPaused = ({ style }: TreeNode) => style.description.startsWith('paused in the debugger');
      return rows.length === 3 && rows.every(isPaused) && current().live;
    });
    for (const stop of stops) await goOn(stop);
    await ended();
    await until('the ends', () =>
      processes().every(({ style }) => style.description.startsWith('exit code 0 ')),
    );
    assert.deepEqual(
      processes().map(({ style }) => style.label),
      ['three.mts', 'three.mts one', 'three.mts two'],
    );
    assert.deepEqual(current().reader?.lastUpdate?.findings, []);
    return dir;
  }

  it('stops at a breakpoint in three TypeScript processes, which the tree shows', async () => {
    await threeProcesses(() => vscode.commands.executeCommand('forkscope.debugWithTracing', script()));
  });

  it('traces an existing node configuration on the Node that it names', async () => {
    // The extension host's own, which is a newer one; that of a desktop is no Node.
    const runtimeExecutable = process.versions.electron ? 'node' : process.execPath;
    const config = {
      type: 'node',
      request: 'launch',
      name: 'mine',
      program: script().fsPath,
      forkscope: true,
    };
    const dir = await threeProcesses(() =>
      vscode.debug.startDebugging(undefined, { ...config, runtimeExecutable }),
    );
    assert.equal(current().name, 'mine');
    const [first] = api.view.indexOf(dir)!.processes.values();
    assert.equal(first?.argv[0], runtimeExecutable === 'node' ? first?.argv[0] : runtimeExecutable);
  });

  it('leaves a node configuration alone that does not ask for it', async () => {
    breakAt(script(), THREE, '// here');
    const config = { type: 'node', request: 'launch', name: 'mine', program: script().fsPath };
    const runtimeExecutable = process.execPath;
    await vscode.debug.startDebugging(undefined, {
      ...config,
      runtimeExecutable,
      runtimeArgs: ['--experimental-transform-types'],
    });
    const [stop] = await watch.stopped(1);
    assert.equal(await evaluate(stop!, 'process.env.FORKSCOPE_SESSION'), 'undefined');
    assert.deepEqual(api.sessions.list(), []);
  });

  itOnPage('F5 on an example without launch.json offers it, and runs it under trace', async () => {
    await vscode.window.showTextDocument(vscode.Uri.joinPath(folder('examples'), 'hello.ts'));
    await inPage(async ({ page }) => {
      await page.locator('.editor-instance .view-lines').first().click();
      await page.keyboard.press('F5');
      const choices = page.locator('.quick-input-list .monaco-list-row', { hasText: 'Forkscope: Node.js' });
      await choices.first().click();
    });
    await until('its session', () => current()?.reader?.lastUpdate);
    const { dir } = current();
    await ended();
    const processes = () => nodes(api, dir).filter(({ target }) => target.kind === 'process');
    await until('four processes', () => processes().length === 4);
    assert.ok(processes().every(({ style }) => style.description.startsWith('exit code 0 ')));
  });
});
