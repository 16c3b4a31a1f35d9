import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import type { ToExtension } from '../../protocol/timeline.ts';
import { openSite, siteUri } from '../workbench/reveal.ts';

type Target = Extract<ToExtension, { type: 'goto' }>;

/** Opens the file at the line, beside the timeline where there is another editor group. */
export async function openSource(target: Target, from: vscode.ViewColumn | undefined): Promise<void> {
  if (siteUri(target) === undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} is part of Node.js: there is no file to open.', target.file),
    );
    return;
  }
  try {
    await openSite(target, { viewColumn: target.beside ? vscode.ViewColumn.Beside : columnFor(from) });
  } catch (error) {
    void vscode.window.showWarningMessage(messageOf(error));
  }
}

/** Another editor group than the timeline's, if there is one, so that both stay in sight. */
function columnFor(from: vscode.ViewColumn | undefined): vscode.ViewColumn {
  const other = vscode.window.tabGroups.all.find((group) => group.viewColumn !== from);
  return other?.viewColumn ?? vscode.ViewColumn.Beside;
}
