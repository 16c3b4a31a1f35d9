import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { CLI } from '../cli/support.ts';
import { ROOT } from '../session/support.ts';

interface EditorTool {
  readonly name: string;
  readonly modelDescription: string;
  readonly inputSchema?: Record<string, unknown>;
  readonly when?: string;
}

test('package.json offers the language models of the editor what the server offers, and in the same words', async (t) => {
  const client = new Client({ name: 'test', version: '1' });
  const args = [CLI, 'mcp', '--allow-run'];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }));
  t.after(() => client.close());
  const { tools } = await client.listTools();
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const offered: readonly EditorTool[] = manifest.contributes.languageModelTools;
  assert.deepEqual(
    offered.map(({ name, modelDescription, inputSchema }) => ({ name, modelDescription, inputSchema })),
    tools.map(({ name, description, inputSchema: { $schema, ...inputSchema } }) => ({
      name: `forkscope_${name}`,
      modelDescription: description,
      inputSchema: Object.keys(inputSchema.properties ?? {}).length > 0 ? inputSchema : undefined,
    })),
  );
  const writing = new Set(
    tools.filter(({ annotations }) => !annotations?.readOnlyHint).map(({ name }) => name),
  );
  for (const { name, when } of offered) {
    const allowed = writing.has(name.replace('forkscope_', ''))
      ? 'config.forkscope.letAgentsRun && isWorkspaceTrusted'
      : undefined;
    assert.equal(when, allowed, name);
  }
  assert.equal(manifest.contributes.configuration.properties['forkscope.letAgentsRun'].scope, 'machine');
});
