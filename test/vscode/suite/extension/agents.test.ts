import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import { cleanUp, folder, forkscope, until } from './support.ts';

describe('what agents of the editor are offered', () => {
  let api: ForkscopeApi;
  const client = new Client({ name: 'an agent', version: '1' });

  before(async () => {
    api = await forkscope();
    await cleanUp(api);
  });
  after(async () => {
    await client.close();
    await cleanUp(api);
  });

  it('a server that reads the traces of this window, and runs nothing', async () => {
    const script = vscode.Uri.joinPath(folder('examples'), 'deadlock.ts');
    const dir = await vscode.commands.executeCommand<string>('forkscope.runWithTracing', script);
    await until('the deadlock', () => api.sessions.get(dir)?.lastUpdate?.findings[0]);
    const [offered, ...others] = api.agents.provideMcpServerDefinitions();
    assert.ok(offered);
    assert.deepEqual(others, []);
    const { command, args } = await api.agents.resolveMcpServerDefinition(offered);
    const env = { PATH: process.env.PATH ?? '' };
    await client.connect(new StdioClientTransport({ command, args: [...args], env, stderr: 'ignore' }));
    const { tools } = await client.listTools();
    assert.ok(tools.length > 0 && tools.every(({ annotations }) => annotations?.readOnlyHint));
    const ask = async (name: string, given: Record<string, unknown> = {}) => {
      const { content } = await client.callTool({ name, arguments: given });
      const [part] = content as { readonly text: string }[];
      return part?.text ?? '';
    };
    const { traces }: { traces: { trace: string; program: string }[] } = JSON.parse(await ask('list_traces'));
    const ours = traces.find(({ trace }) => dir.endsWith(trace));
    assert.equal(ours?.program, 'deadlock.ts');
    assert.match(await ask('findings', { trace: ours.trace }), /"kind": "lock-cycle"/);
  });

  it('a skill, which the manifest names and the package holds', async () => {
    const extension = vscode.extensions.getExtension('forkscope.forkscope');
    const [skill] = extension?.packageJSON.contributes.chatSkills ?? [];
    const uri = vscode.Uri.joinPath(extension!.extensionUri, skill.path);
    const text = Buffer.from(await vscode.workspace.fs.readFile(uri)).toString();
    assert.match(text, /^---\nname: explain-a-hang\ndescription: .{50,1024}\n---\n/);
  });
});
