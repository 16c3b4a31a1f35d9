import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import type { TreeNode } from '../../../../src/extension/tree/nodes.ts';
import { cleanUp, folder, forkscope, nodes, until } from './support.ts';

/** What programs without Forkscope's runtime are made of: a worker thread, a child that is not Node, a forked server. */
const PROGRAM = `import { fork, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';

if (process.argv[2] === 'server') {
  createServer().listen(0, '127.0.0.1', () => process.disconnect());
} else {
  new Worker('require("node:worker_threads").parentPort.on("message", () => {})', { eval: true, name: 'resizer' });
  spawn('sleep', ['600'], { stdio: 'ignore' });
  fork(fileURLToPath(import.meta.url), ['server']);
}
`;

describe('a program that knows nothing of Forkscope', () => {
  let api: ForkscopeApi;
  let dir = '';
  before(async () => {
    api = await forkscope();
    const script = vscode.Uri.joinPath(folder('app'), 'existing.mjs');
    await vscode.workspace.fs.writeFile(script, Buffer.from(PROGRAM));
    dir = await vscode.commands.executeCommand<string>('forkscope.runWithTracing', script);
  });
  after(() => cleanUp(api));

  const row = (what: (node: TreeNode) => boolean) => nodes(api, dir).find(what);
  const show = () => nodes(api, dir).map(({ style }) => `${style.label} | ${style.description}`);
  const wait = async (what: string, is: (node: TreeNode) => boolean): Promise<TreeNode> => {
    try {
      return await until(what, () => row(is));
    } catch (error) {
      throw new Error(`${error}\n${show().join('\n')}`);
    }
  };

  it('has its threads under their process', async () => {
    const thread = await wait('the worker', ({ style }) => style.label.includes('resizer'));
    const main = row(({ children }) => children.includes(thread));
    assert.equal(main?.style.label, 'existing.mjs');
  });

  it('greys a child that is not Node, and says why nothing is known of it', async () => {
    const child = await wait('the child', ({ style }) => style.description.startsWith('not traced: '));
    assert.match(child.style.label, /^sleep/);
    assert.equal(child.style.icon.color, 'disabledForeground');
    assert.match(child.style.description, /^not traced: \S/);
  });

  it('says of a process that has nothing left to do what keeps it alive', async () => {
    const kept = /idle, kept alive by .*server/i;
    const server = await wait('the server', ({ style }) => kept.test(style.description));
    assert.equal(server.target.kind, 'process');
  });
});
