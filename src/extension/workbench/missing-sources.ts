import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { CommandId } from './contributions.ts';
import { PACKED_SCHEME, packedFile } from './packed-sources.ts';
import { mappingOf, placesBelow } from './path-mapping.ts';
import { lastLineOf, openSite } from './reveal.ts';
import { MISSING_SCHEME, rememberMapping } from './source-files.ts';

const LOCATE: CommandId = 'forkscope.locateSource';
/** Files of the same name in the workspace that are proposed. */
const MOST_PROPOSED = 5;

/** What is shown in the place of files that are not on this machine, and *Locate…*, also at those that came with a trace. */
export function registerMissingSources(): vscode.Disposable {
  const selector = [{ scheme: MISSING_SCHEME }, { scheme: PACKED_SCHEME }];
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(MISSING_SCHEME, {
      provideTextDocumentContent: ({ query }) => missingText(query),
    }),
    vscode.languages.registerCodeLensProvider(selector, { provideCodeLenses: lensesOf }),
  );
}

function missingText(file: string): string {
  return [
    vscode.l10n.t('This file is not on this machine:'),
    '',
    `  ${file}`,
    '',
    vscode.l10n.t('A trace names it that was recorded elsewhere, or the file was moved or deleted since.'),
    vscode.l10n.t('Locate… tells where it is here; files beside it are found then too.'),
    '',
  ].join('\n');
}

function lensesOf({ uri }: vscode.TextDocument): vscode.CodeLens[] {
  const file = fileOf(uri);
  if (file === undefined) return [];
  const title =
    uri.scheme === PACKED_SCHEME
      ? vscode.l10n.t('Came with the trace, read-only: Locate…')
      : vscode.l10n.t('Locate…');
  return [new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { command: LOCATE, title, arguments: [uri] })];
}

/** The file that a document stands for. */
function fileOf(uri: vscode.Uri): string | undefined {
  if (uri.scheme === MISSING_SCHEME) return uri.query;
  return uri.scheme === PACKED_SCHEME ? packedFile(uri) : undefined;
}

/**
 * *Locate…*: asks where a file that a trace names is on this machine, remembers it for all that lie beside it, and shows it.
 * @param given address of what is shown in its place; else that of the active editor
 * @throws Error for people when it is not where the user says
 */
export async function locateSource(given: unknown): Promise<void> {
  const uri = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
  const file = uri && fileOf(uri);
  if (uri === undefined || file === undefined)
    throw new Error(vscode.l10n.t('There is nothing to locate: the file is on this machine.'));
  const here = await chooseHere(file);
  if (here === undefined) return;
  const { from, to } = mappingOf(file, here);
  await rememberMapping(from, to);
  await openSite({ file, line: lastLineOf(file) ?? 1, column: 1 });
  const left = vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString());
  if (left.length > 0) await vscode.window.tabGroups.close(left, true);
}

interface Choice extends vscode.QuickPickItem {
  readonly here: () => Promise<string | undefined> | string;
}

/** @returns the file's place here */
async function chooseHere(file: string): Promise<string | undefined> {
  const name = nameOf(file);
  // Characters that mean something in patterns stand in names too: `[id].ts`.
  const pattern = `**/${name.replace(/[[\]{}*?!,]/g, '?')}`;
  const found = await vscode.workspace.findFiles(pattern, '**/node_modules/**');
  const proposed = found
    .map(({ fsPath }) => fsPath)
    .filter((here) => path.basename(here) === name)
    .sort((a, b) => mappingOf(file, a).from.length - mappingOf(file, b).from.length)
    .slice(0, MOST_PROPOSED)
    .map((here): Choice => {
      const { from, to } = mappingOf(file, here);
      const label = vscode.workspace.asRelativePath(here);
      return { label, description: vscode.l10n.t('{0} is {1}', from, to), here: () => here };
    });
  const choices: Choice[] = [
    ...proposed,
    { label: vscode.l10n.t('Choose {0}…', name), here: () => chooseFile(name) },
    { label: vscode.l10n.t('Choose a folder that has it…'), here: () => chooseFolder(file) },
  ];
  const placeHolder = vscode.l10n.t('Where {0} is on this machine', file);
  const picked = await vscode.window.showQuickPick(choices, { title: vscode.l10n.t('Locate'), placeHolder });
  return picked?.here();
}

async function chooseFile(name: string): Promise<string | undefined> {
  const [picked] = (await vscode.window.showOpenDialog({ title: vscode.l10n.t('Locate {0}', name) })) ?? [];
  return picked?.fsPath;
}

async function chooseFolder(file: string): Promise<string | undefined> {
  const options = { canSelectFiles: false, canSelectFolders: true };
  const title = vscode.l10n.t('Locate the folder of {0}', nameOf(file));
  const [picked] = (await vscode.window.showOpenDialog({ ...options, title })) ?? [];
  if (picked === undefined) return undefined;
  const here = placesBelow(picked.fsPath, file).find(
    (place) => existsSync(place) && statSync(place).isFile(),
  );
  if (here === undefined)
    throw new Error(
      vscode.l10n.t(
        '{0} is not in {1}, nor in folders of it that are called so.',
        nameOf(file),
        picked.fsPath,
      ),
    );
  return here;
}

function nameOf(file: string): string {
  return path.win32.basename(file);
}
