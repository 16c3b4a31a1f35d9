import * as vscode from 'vscode';
import type { CommandId } from '../workbench/contributions.ts';

const ADD_TYPES: CommandId = 'forkscope.addTypes';
/** Languages whose imports TypeScript looks at. */
export const LANGUAGES = ['typescript', 'typescriptreact', 'javascript', 'javascriptreact'];
/** What TypeScript says of an import that leads nowhere: without and with its hint at `moduleResolution`. */
const UNRESOLVED: readonly unknown[] = [2307, 2792];

/** A *Quick Fix* of imports of `forkscope` that lead nowhere. */
export function registerTypesFix(): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    LANGUAGES.map((language) => ({ language, scheme: 'file' })),
    { provideCodeActions: (document, _range, { diagnostics }) => fixesOf(document, diagnostics) },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
}

function fixesOf(
  document: vscode.TextDocument,
  diagnostics: readonly vscode.Diagnostic[],
): vscode.CodeAction[] {
  const unresolved = diagnostics.filter(
    ({ code, range }) =>
      UNRESOLVED.includes(typeof code === 'object' ? Number(code.value) : Number(code)) &&
      /^['"`]forkscope['"`]$/.test(document.getText(range)),
  );
  if (unresolved.length === 0) return [];
  const title = vscode.l10n.t('Add types of forkscope to the project…');
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = unresolved;
  action.command = { command: ADD_TYPES, title, arguments: [document.uri] };
  return [action];
}
