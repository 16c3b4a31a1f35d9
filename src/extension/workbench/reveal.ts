import { fileURLToPath } from 'node:url';
import * as vscode from 'vscode';
import type { CallSite } from '../../model/types/index.ts';

/** Where a call site's file is on this machine; `undefined` for code of Node itself and other places without a file. */
export function siteUri(site: Pick<CallSite, 'file'>): vscode.Uri | undefined {
  const { file } = site;
  if (file.startsWith('file:')) return vscode.Uri.file(fileURLToPath(file));
  if (file === '' || /^[a-z][\w+.-]+:/i.test(file)) return undefined;
  return vscode.Uri.file(file);
}

/**
 * Opens a line of code.
 * @throws Error for people when there is no such file (a trace of another machine, a file that was deleted)
 */
export async function openSite(
  site: Pick<CallSite, 'file' | 'line' | 'column'>,
  options: { viewColumn?: vscode.ViewColumn; preserveFocus?: boolean; wholeLine?: boolean } = {},
): Promise<vscode.TextEditor> {
  const uri = siteUri(site);
  if (!uri) throw new Error(vscode.l10n.t('{0} is not a file that can be opened.', site.file));
  let document: vscode.TextDocument;
  try {
    document = await vscode.workspace.openTextDocument(uri);
  } catch {
    throw new Error(
      vscode.l10n.t(
        '{0} can’t be opened: it is not on this machine any more.',
        vscode.workspace.asRelativePath(uri),
      ),
    );
  }
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
