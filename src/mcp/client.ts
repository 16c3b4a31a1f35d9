import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

/** A server's command line. */
export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

export interface ToolAnswer {
  readonly text: string;
  /** The text says why there is no answer. */
  readonly isError: boolean;
}

/** Milliseconds: longer than a script may run. */
const PATIENCE = 660_000;

/** Starts a server, asks it one question, and ends it: whoever asks seldom keeps no process. `signal`: ends it before. */
export async function askServer(
  { command, args, env, cwd }: ServerCommand,
  name: string,
  input: object,
  signal: AbortSignal,
): Promise<ToolAnswer> {
  signal.throwIfAborted();
  const client = new Client({ name: 'forkscope', version: '1' });
  const defined = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  await client.connect(
    new StdioClientTransport({
      command,
      args: [...args],
      env: Object.fromEntries(defined),
      cwd,
      stderr: 'ignore',
    }),
    { signal },
  );
  try {
    const options = { signal, timeout: PATIENCE };
    const { content, isError } = await client.callTool({ name, arguments: { ...input } }, undefined, options);
    const parts = Array.isArray(content) ? content : [];
    return { text: parts.map(({ text }) => text).join('\n'), isError: isError === true };
  } finally {
    await client.close();
  }
}
