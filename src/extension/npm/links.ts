import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import type { CommandId } from '../workbench/contributions.ts';
import { inDocument, type NpmScript, PACKAGE } from './packages.ts';

const COMMAND: CommandId = 'forkscope.runNpmScript';
const SELECTOR: vscode.DocumentSelector = [
  { language: 'json', scheme: 'file', pattern: `**/${PACKAGE}` },
  { language: 'json', scheme: 'vscode-remote', pattern: `**/${PACKAGE}` },
];
/** Where the editor's own links at npm scripts are: `top`, `all` or `never`. Ours are beside them. */
const WHERE = 'debug.javascript.codelens.npmScripts';

/** Links at the scripts of a package.json: above all, or above each, and where the pointer rests on one. */
export function registerScriptLinks(): vscode.Disposable {
  const all = new Disposables();
  const changed = all.add(new vscode.EventEmitter<void>());
  const provideCodeLenses = (document: vscode.TextDocument) => lenses(document);
  const lensProvider = { onDidChangeCodeLenses: changed.event, provideCodeLenses };
  all.add(vscode.languages.registerCodeLensProvider(SELECTOR, lensProvider));
  all.add(vscode.languages.registerHoverProvider(SELECTOR, { provideHover: hover }));
  all.add(vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire()));
  all.add(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(WHERE)) changed.fire();
    }),
  );
  return all;
}

function lenses(document: vscode.TextDocument): vscode.CodeLens[] {
  const where = vscode.workspace.getConfiguration(undefined, document.uri).get<string>(WHERE, 'top');
  const found = vscode.workspace.isTrusted && where !== 'never' ? inDocument(document) : undefined;
  if (!found || found.scripts.length === 0) return [];
  const lens = (offset: number, argument: vscode.Uri | NpmScript) => {
    const at = document.positionAt(offset);
    const title = vscode.l10n.t('$(type-hierarchy-sub) Run with Tracing');
    return new vscode.CodeLens(new vscode.Range(at, at), { title, command: COMMAND, arguments: [argument] });
  };
  if (where !== 'all') return [lens(found.offset, document.uri)];
  return found.scripts.map(({ name, at }) => lens(at.offset, { file: document.uri, script: name }));
}

function hover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
  const offset = document.offsetAt(position);
  const on = inDocument(document)?.scripts.find(
    ({ at }) => offset >= at.offset && offset <= at.offset + at.length,
  );
  if (!on || !vscode.workspace.isTrusted) return undefined;
  const given = encodeURIComponent(JSON.stringify([{ file: document.uri, script: on.name }]));
  const title = vscode.l10n.t('Run with Tracing');
  const text = new vscode.MarkdownString(`[${title}](command:${COMMAND}?${given})`);
  text.isTrusted = { enabledCommands: [COMMAND] };
  return new vscode.Hover(text);
}
