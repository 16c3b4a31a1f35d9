import * as vscode from 'vscode';
import type { CommandId } from '../workbench/contributions.ts';
import { isTracePlace, placeInLink } from './linked.ts';

const OPEN: CommandId = 'forkscope.openTrace';

/** Opens what `vscode://forkscope.forkscope/open?trace=PATH` names, after the user has said so. */
export function registerTraceLinks(): vscode.Disposable {
  return vscode.window.registerUriHandler({ handleUri: ({ path, query }) => openLinked(path, query) });
}

async function openLinked(uriPath: string, query: string): Promise<void> {
  const place = placeInLink(uriPath, query);
  if (place === undefined) {
    void vscode.window.showErrorMessage(vscode.l10n.t('This link names no trace on this machine.'));
    return;
  }
  const open = vscode.l10n.t('Open');
  const detail = vscode.l10n.t(
    '{0}\n\nThe link may come from anywhere. A trace runs nothing; it shows what whoever made it says of a program.',
    place,
  );
  const question = vscode.l10n.t('Open the trace that a link names?');
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, open);
  if (answer !== open) return;
  if (isTracePlace(place)) await vscode.commands.executeCommand(OPEN, place);
  else void vscode.window.showErrorMessage(vscode.l10n.t('There is no trace at {0}.', place));
}
