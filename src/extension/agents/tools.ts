import { createRequire } from 'node:module';
import * as vscode from 'vscode';
import type { ServerCommand, ToolAnswer } from '../../mcp/client.ts';
import { type AgentServers, mayRun } from './agent-servers.ts';

/** Before the names of the server's tools: those of all extensions share one space. */
export const TOOL_PREFIX = 'forkscope_';

/** What a model may ask with; the editor has checked it by the schema in package.json. */
interface Input {
  readonly trace?: string;
  readonly script?: string;
  readonly args?: readonly string[];
}

interface McpModule {
  askServer(server: ServerCommand, name: string, input: object, signal: AbortSignal): Promise<ToolAnswer>;
}

/** What is shown before and while a tool is asked, by the name of the server's tool. */
const WORDS: Readonly<Record<string, (input: Input) => vscode.PreparedToolInvocation>> = {
  list_traces: () => ({
    invocationMessage: vscode.l10n.t('Listing traced runs'),
    confirmationMessages: {
      title: vscode.l10n.t('Tell the language model which programs were traced?'),
      message: vscode.l10n.t('It gets the names of the programs that ran under Forkscope here, and when.'),
    },
  }),
  report: (input) => reading(vscode.l10n.t('the report'), input),
  findings: (input) => reading(vscode.l10n.t('the findings'), input),
  stacks: (input) => reading(vscode.l10n.t('the stacks'), input),
  who_blocks_whom: (input) => reading(vscode.l10n.t('who waits for whom'), input),
  explain_finding: () => ({ invocationMessage: vscode.l10n.t('Reading what a finding means') }),
  run_script: ({ script = '', args = [] }) => ({
    invocationMessage: vscode.l10n.t('Running {0} with tracing', script),
    confirmationMessages: {
      title: vscode.l10n.t('Let the language model run a script?'),
      message: vscode.l10n.t('It runs with your rights: {0}', [script, ...args].join(' ')),
    },
  }),
};

function reading(what: string, { trace = '' }: Input): vscode.PreparedToolInvocation {
  return {
    invocationMessage: vscode.l10n.t('Reading {0} of {1}', what, trace),
    confirmationMessages: {
      title: vscode.l10n.t('Tell the language model {0} of a trace?', what),
      message: vscode.l10n.t(
        'It gets names of processes and files, lines, and what was found in {0}. Folders and command lines are left out.',
        trace,
      ),
    },
  };
}

/** What the user is told and asked before a tool is asked. @param name of the server's tool */
export function questionOf(name: string, input: Input): vscode.PreparedToolInvocation {
  return WORDS[name]?.(input) ?? {};
}

/**
 * The tools of `forkscope mcp` as tools of the editor's language models: the server answers both.
 * @param bundles folder of the built files
 */
export function registerTools(servers: AgentServers, bundles: string): vscode.Disposable {
  // Editors that are built on this one may be without it.
  if (typeof vscode.lm?.registerTool !== 'function') return new vscode.Disposable(() => undefined);
  const registered = Object.keys(WORDS).map((name) =>
    vscode.lm.registerTool<Input>(`${TOOL_PREFIX}${name}`, {
      prepareInvocation: ({ input }) => questionOf(name, input),
      invoke: async ({ input }, token) => {
        if (name === 'run_script' && !mayRun())
          throw new Error(
            vscode.l10n.t('Agents may not run scripts here: the setting forkscope.letAgentsRun says so.'),
          );
        const { text, isError } = await ask(servers, bundles, name, input, token);
        if (isError) throw new Error(text);
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
      },
    }),
  );
  return vscode.Disposable.from(...registered);
}

async function ask(
  servers: AgentServers,
  bundles: string,
  name: string,
  input: Input,
  token: vscode.CancellationToken,
): Promise<ToolAnswer> {
  const stop = new AbortController();
  const asked = token.onCancellationRequested(() => stop.abort(new vscode.CancellationError()));
  try {
    // Its libraries are larger than all the rest of the extension.
    const loaded: McpModule = createRequire(vscode.Uri.joinPath(vscode.Uri.file(bundles), 'x.cjs').fsPath)(
      './mcp.cjs',
    );
    return await loaded.askServer(await servers.command(), name, input, stop.signal);
  } finally {
    asked.dispose();
  }
}
