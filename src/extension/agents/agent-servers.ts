import * as vscode from 'vscode';
import { findRuntime } from '../run/runtime.ts';
import { setting } from '../workbench/settings.ts';

/** Id of the contribution in package.json. */
export const PROVIDER = 'forkscope.mcp';

/**
 * Offers `forkscope mcp` to the agents of the editor: it answers about the traces of this window and of the temporary folder,
 * runs nothing, and leaves folders and command lines out.
 */
export class AgentServers implements vscode.McpServerDefinitionProvider<vscode.McpStdioServerDefinition> {
  private readonly cli: string;
  private readonly traces: string;
  private readonly version: string;

  /** @param traces folder of the traces that this window makes */
  constructor(context: vscode.ExtensionContext, traces: string) {
    this.cli = vscode.Uri.joinPath(context.extensionUri, 'dist', 'cli.js').fsPath;
    this.traces = traces;
    const { version }: { readonly version: string } = context.extension.packageJSON;
    this.version = version;
  }

  provideMcpServerDefinitions(): vscode.McpStdioServerDefinition[] {
    const args = [this.cli, 'mcp', this.traces];
    return [new vscode.McpStdioServerDefinition('Forkscope', 'node', args, {}, this.version)];
  }

  /** @throws NoUsableNode in words for the user */
  async resolveMcpServerDefinition(
    server: vscode.McpStdioServerDefinition,
  ): Promise<vscode.McpStdioServerDefinition> {
    const cwd = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? vscode.Uri.file('/').fsPath;
    server.command = (await findRuntime(setting('runtimeExecutable'), cwd, process.env)).executable;
    return server;
  }
}
