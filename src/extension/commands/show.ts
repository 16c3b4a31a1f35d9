import * as vscode from 'vscode';
import type { ProcessTreeView } from '../tree/tree-view.ts';
import { setting } from '../workbench/settings.ts';

/** Shows a session that begins, as the setting says. */
export async function showSession(view: ProcessTreeView, dir: string): Promise<void> {
  const show = setting('showOnRun');
  if (show === 'tree' || show === 'both') await view.reveal(dir);
  if (show === 'timeline' || show === 'both')
    await vscode.commands.executeCommand('forkscope.openTimeline', { dir });
}
