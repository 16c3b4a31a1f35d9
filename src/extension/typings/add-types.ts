import path from 'node:path';
import * as vscode from 'vscode';
import { loadTypeScript } from '../../session/typescript/load-transformer.ts';
import { type TypesPlace, typesPlaces } from './places.ts';
import { LANGUAGES } from './quick-fix.ts';
import { ambientModule, isOurs, typesPackage } from './text.ts';

/**
 * *Add Types to Project*: editor and compiler find `forkscope` in a project that has not installed it, as programs do when they run
 * under trace. Asks where to; what it has written it can take away again.
 *
 * @param given the file that imports the package; else that of the active editor, or of a folder that is asked for
 */
export async function addTypes({ extension }: vscode.ExtensionContext, given: unknown): Promise<void> {
  const importing = given instanceof vscode.Uri ? given : await chooseImporting();
  if (importing === undefined) return;
  const root = vscode.workspace.getWorkspaceFolder(importing)?.uri.fsPath ?? path.dirname(importing.fsPath);
  const dist = vscode.Uri.joinPath(extension.extensionUri, 'dist');
  const typescript = loadTypeScript(dist.fsPath);
  const place = await choosePlace(typesPlaces(typescript, importing.fsPath, root), root);
  if (place === undefined) return;
  const types = await read(vscode.Uri.joinPath(dist, 'forkscope.d.ts'));
  const written = await write(place, types, String(extension.packageJSON.version));
  await reload();
  // Not awaited: it stands until the user has answered.
  void offerUndo(written, path.relative(root, place.file));
}

async function write(
  { kind, file }: TypesPlace,
  types: string,
  version: string,
): Promise<readonly vscode.Uri[]> {
  const folder = path.dirname(file);
  const texts =
    kind === 'source' ? { [path.basename(file)]: ambientModule(types) } : typesPackage(types, version);
  const main = vscode.Uri.file(file);
  const before = await read(main).catch(() => undefined);
  if (before !== undefined && !isOurs(before))
    throw new Error(vscode.l10n.t('{0} is there already, and is not Forkscope’s: it was left alone.', file));
  const uris: vscode.Uri[] = [];
  for (const [name, text] of Object.entries(texts)) {
    const uri = vscode.Uri.file(path.join(folder, name));
    await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
    uris.push(uri);
  }
  return uris;
}

/** A file of the project: what the active editor shows, or one that could be in a folder of the workspace. */
async function chooseImporting(): Promise<vscode.Uri | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.uri.scheme === 'file' && LANGUAGES.includes(document.languageId)) return document.uri;
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) throw new Error(vscode.l10n.t('Open a folder first: types are added to it.'));
  const folder = folders.length === 1 ? folders[0] : await vscode.window.showWorkspaceFolderPick();
  if (folder === undefined) return undefined;
  const [first] = await vscode.workspace.findFiles(
    new vscode.RelativePattern(folder, '{src/**/*.ts,*.ts,**/*.ts}'),
    '**/node_modules/**',
    1,
  );
  return first ?? vscode.Uri.joinPath(folder.uri, 'main.ts');
}

async function choosePlace(places: readonly TypesPlace[], root: string): Promise<TypesPlace | undefined> {
  const details: Readonly<Record<TypesPlace['kind'], string>> = {
    source: vscode.l10n.t(
      'One more file of the project, which the compiler finds too. It can be deleted again.',
    ),
    modules: vscode.l10n.t(
      'Among the installed packages: nothing of the project changes. The next “npm install” takes it away.',
    ),
  };
  const items = places.map((place) => ({
    label: path.relative(root, place.file),
    detail: details[place.kind],
    place,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Add Types to Project'),
    placeHolder: vscode.l10n.t('Where the types of forkscope, one file of declarations, are written'),
    matchOnDetail: true,
  });
  return picked?.place;
}

/** A project that is open already may have looked for the package before, and does not look again by itself everywhere. */
async function reload(): Promise<void> {
  await vscode.commands.executeCommand('typescript.reloadProjects').then(undefined, () => undefined);
}

async function offerUndo(written: readonly vscode.Uri[], name: string): Promise<void> {
  const undo = vscode.l10n.t('Undo');
  const choice = await vscode.window.showInformationMessage(
    vscode.l10n.t('The types of forkscope are in {0}.', name),
    undo,
  );
  if (choice !== undo) return;
  for (const uri of written) await vscode.workspace.fs.delete(uri);
  await reload();
}

async function read(uri: vscode.Uri): Promise<string> {
  return Buffer.from(await vscode.workspace.fs.readFile(uri)).toString();
}
