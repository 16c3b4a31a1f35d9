import * as vscode from 'vscode';
import type { ServerCommand } from '../../mcp/client.ts';
import { ownEnvironment } from '../run/environment.ts';
import { findRuntime } from '../run/runtime.ts';
import { setting } from '../workbench/settings.ts';

/** Id of the contribution in package.json. */
export const PROVIDER = 'forkscope.mcp';

/**
 * Offers `forkscope mcp` to the agents of the editor: it answers about the traces of this window and of the temporary folder,
 * leaves folders and command lines out, and runs nothing unless the user lets it.
 */
export class AgentServers
  implements vscode.McpServerDefinitionProvider<vscode.McpStdioServerDefinition>, vscode.Disposable
{
  private readonly cli: string;
  private readonly traces: string;
  private readonly version: string;
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly watching: vscode.Disposable;
  readonly onDidChangeMcpServerDefinitions = this.changed.event;

  /** @param traces folder of the traces that this window makes */
  constructor(context: vscode.ExtensionContext, traces: string) {
    this.cli = vscode.Uri.joinPath(context.extensionUri, 'dist', 'cli.js').fsPath;
    this.traces = traces;
    const { version }: { readonly version: string } = context.extension.packageJSON;
    this.version = version;
    this.watching = vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('forkscope.letAgentsRun')) this.changed.fire();
    });
  }

  provideMcpServerDefinitions(): vscode.McpStdioServerDefinition[] {
    return [new vscode.McpStdioServerDefinition('Forkscope', 'node', this.args(), {}, this.version)];
  }

  /** @throws NoUsableNode in words for the user */
  async resolveMcpServerDefinition(
    server: vscode.McpStdioServerDefinition,
  ): Promise<vscode.McpStdioServerDefinition> {
    server.command = (await this.command()).command;
    return server;
  }

  /**
   * The server's command line.
   * @throws NoUsableNode in words for the user
   */
  async command(): Promise<ServerCommand> {
    const cwd = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? vscode.Uri.file('/').fsPath;
    const { executable } = await findRuntime(setting('runtimeExecutable'), cwd, process.env);
    return { command: executable, args: this.args(), env: ownEnvironment(), cwd };
  }

  dispose(): void {
    this.watching.dispose();
    this.changed.dispose();
  }

  private args(): string[] {
    return [this.cli, 'mcp', this.traces, ...(mayRun() ? ['--allow-run'] : [])];
  }
}

/** Does the user let agents run scripts? */
export function mayRun(): boolean {
  return vscode.workspace.isTrusted && setting('letAgentsRun');
}
