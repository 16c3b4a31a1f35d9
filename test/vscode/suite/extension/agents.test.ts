import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { questionOf } from '../../../../src/extension/agents/tools.ts';
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

  /** Asks a tool as a language model's flow does. In an extension host that runs tests the editor answers its questions with yes. */
  async function invoke(name: string, input: object): Promise<string> {
    const options = { input, toolInvocationToken: undefined };
    const { content } = await vscode.lm.invokeTool(`forkscope_${name}`, options);
    return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
  }

  it('the same as tools of language models', async () => {
    const names = vscode.lm.tools.map(({ name }) => name).filter((name) => name.startsWith('forkscope_'));
    assert.deepEqual(names.sort(), [
      'forkscope_explain_finding',
      'forkscope_findings',
      'forkscope_list_traces',
      'forkscope_report',
      'forkscope_run_script',
      'forkscope_stacks',
      'forkscope_who_blocks_whom',
    ]);
    const script = vscode.Uri.joinPath(folder('examples'), 'deadlock.ts');
    const dir = await vscode.commands.executeCommand<string>('forkscope.runWithTracing', script);
    await until('the deadlock', () => api.sessions.get(dir)?.lastUpdate?.findings[0]);
    const list = await invoke('list_traces', {});
    const { traces }: { traces: { trace: string }[] } = JSON.parse(list);
    const trace = traces.find((listed) => dir.endsWith(listed.trace))?.trace ?? assert.fail(list);
    const findings = await invoke('findings', { trace });
    assert.match(findings, /"kind": "lock-cycle"/);
    assert.ok(!findings.includes(folder('examples').fsPath), 'folders are left out');
    assert.match(await invoke('explain_finding', { kind: 'lock-cycle' }), /^## lock-cycle/);
    await assert.rejects(invoke('report', { trace: 'none' }), /none/);
  });

  it('a question first, about whatever is told of a trace, and about each run', () => {
    const { confirmationMessages: told } = questionOf('findings', { trace: 'a trace' });
    assert.match(String(told?.message), /a trace/);
    const { confirmationMessages: run } = questionOf('run_script', { script: 'a.ts', args: ['b', 'c'] });
    assert.match(String(run?.message), /a\.ts b c/);
    assert.equal(questionOf('explain_finding', {}).confirmationMessages, undefined);
  });

  it('no runs of scripts, unless the user lets them', async () => {
    const script = vscode.Uri.joinPath(folder('examples'), 'hello.ts').fsPath;
    const run = () => invoke('run_script', { script });
    await assert.rejects(run(), /letAgentsRun/);
    const settings = vscode.workspace.getConfiguration('forkscope');
    await settings.update('letAgentsRun', true, vscode.ConfigurationTarget.Global);
    try {
      assert.equal(JSON.parse(await run()).exitCode, 0);
    } finally {
      await settings.update('letAgentsRun', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('a skill, which the manifest names and the package holds', async () => {
    const extension = vscode.extensions.getExtension('forkscope.forkscope');
    const [skill] = extension?.packageJSON.contributes.chatSkills ?? [];
    const uri = vscode.Uri.joinPath(extension!.extensionUri, skill.path);
    const text = Buffer.from(await vscode.workspace.fs.readFile(uri)).toString();
    assert.match(text, /^---\nname: explain-a-hang\ndescription: .{50,1024}\n---\n/);
  });
});
