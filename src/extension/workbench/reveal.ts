import * as vscode from 'vscode';
import type { CallSite } from '../../model/types/index.ts';
import { filePath, sourceUri } from './source-files.ts';

/** Lines that were last opened, by path on the machine of the trace: of a file that is not here it is shown once it is located. */
const lastLines = new Map<string, number>();

/** Where a call site's file is shown; `undefined` for code of Node itself and other places without a file. */
export function siteUri({ file }: Pick<CallSite, 'file'>): vscode.Uri | undefined {
  return sourceUri(file);
}

/** The line of a file that was opened last, from 1. */
export function lastLineOf(file: string): number | undefined {
  return lastLines.get(filePath(file) ?? file);
}

/**
 * Opens a line of code; of a file that is not on this machine what came with the trace, or words that it is not.
 * @throws Error for people when the place is no file
 */
export async function openSite(
  site: Pick<CallSite, 'file' | 'line' | 'column'>,
  options: { viewColumn?: vscode.ViewColumn; preserveFocus?: boolean; wholeLine?: boolean } = {},
): Promise<vscode.TextEditor> {
  const uri = siteUri(site);
  if (!uri) throw new Error(vscode.l10n.t('{0} is not a file that can be opened.', site.file));
  lastLines.set(filePath(site.file) ?? site.file, site.line);
  const document = await openDocument(uri);
  const line = Math.min(Math.max(site.line - 1, 0), document.lineCount - 1);
  const { wholeLine, ...show } = options;
  // Where the line is what matters it is shown from its begin: a narrow editor would scroll it away sideways.
  const column = wholeLine ? document.lineAt(line).firstNonWhitespaceCharacterIndex : site.column - 1;
  const position = new vscode.Position(line, Math.max(column, 0));
  const editor = await vscode.window.showTextDocument(document, {
    preview: true,
    selection: new vscode.Range(position, position),
    ...show,
  });
  editor.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.InCenter);
  return editor;
}

async function openDocument(uri: vscode.Uri): Promise<vscode.TextDocument> {
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch {
    throw new Error(vscode.l10n.t('{0} can’t be opened.', vscode.workspace.asRelativePath(uri)));
  }
}
