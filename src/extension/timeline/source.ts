import * as vscode from 'vscode';
import type { ToExtension } from '../../protocol/timeline.ts';

type Target = Extract<ToExtension, { type: 'goto' }>;

/** Address of a source: traces hold paths, and URLs where Node knows a module by one. `undefined`: not a file. */
function uriOf(file: string): vscode.Uri | undefined {
  if (file.startsWith('file:')) return vscode.Uri.parse(file);
  if (/^[a-z][a-z+.-]+:/i.test(file)) return undefined;
  return vscode.Uri.file(file);
}

/** Opens the file at the line, beside the timeline where there is another editor group, and says so when it is gone. */
export async function openSource(target: Target, from: vscode.ViewColumn | undefined): Promise<void> {
  const uri = uriOf(target.file);
  if (!uri) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} is part of Node.js: there is no file to open.', target.file),
    );
    return;
  }
  const position = new vscode.Position(Math.max(0, target.line - 1), Math.max(0, target.column - 1));
  try {
    await vscode.window.showTextDocument(uri, {
      selection: new vscode.Range(position, position),
      viewColumn: target.beside ? vscode.ViewColumn.Beside : columnFor(from),
    });
  } catch {
    void vscode.window.showWarningMessage(
      vscode.l10n.t('{0} can’t be opened. Is the trace from another machine?', target.file),
    );
  }
}

/** Another editor group than the timeline's, if there is one, so that both stay in sight. */
function columnFor(from: vscode.ViewColumn | undefined): vscode.ViewColumn {
  const other = vscode.window.tabGroups.all.find((group) => group.viewColumn !== from);
  return other?.viewColumn ?? vscode.ViewColumn.Beside;
}
