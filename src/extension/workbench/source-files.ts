import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as vscode from 'vscode';
import { packedUri } from './packed-sources.ts';
import { namesInTraces, type PathMapping, placesHere } from './path-mapping.ts';
import { setting } from './settings.ts';

/** Scheme of what is shown in the place of a file that is not here. */
export const MISSING_SCHEME = 'forkscope-missing';

/** Path of a file that a trace names; `undefined` for code of Node itself and other places without a file. */
export function filePath(file: string): string | undefined {
  if (file.startsWith('file:')) return fileURLToPath(file);
  return file === '' || /^[a-z][\w+.-]+:/i.test(file) ? undefined : file;
}

/**
 * Where a file that a trace names is shown. The one place that decides it: the file itself; where the user has said that it is here;
 * what came with the trace; else words that it is not here, from which it can be located.
 */
export function sourceUri(file: string): vscode.Uri | undefined {
  const own = filePath(file);
  if (own === undefined) return undefined;
  const here = [own, ...placesHere(own, pathMapping())].find((place) => existsSync(place));
  if (here !== undefined) return vscode.Uri.file(here);
  return packedUri(file) ?? missingUri(own);
}

/** How a file of this machine may be called in a trace. */
export function tracedNames(uri: vscode.Uri): readonly string[] {
  const paths = [uri.fsPath, ...namesInTraces(uri.fsPath, pathMapping())];
  const urls = paths
    .map((path) => vscode.Uri.file(path))
    .flatMap((one) => [one.toString(true), one.toString()]);
  return [...new Set([...paths, ...urls])];
}

/** Called when files may be elsewhere from now on. */
export function onDidMapSources(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration('forkscope.pathMapping')) listener();
  });
}

/** Remembers an entry: in the workspace where one is open, in words that hold for others who have opened it too. */
export async function rememberMapping(from: string, to: string): Promise<void> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const configuration = vscode.workspace.getConfiguration('forkscope');
  const { workspaceValue, globalValue } = configuration.inspect<PathMapping>('pathMapping') ?? {};
  const [target, before] =
    folders.length > 0
      ? [vscode.ConfigurationTarget.Workspace, workspaceValue]
      : [vscode.ConfigurationTarget.Global, globalValue];
  await configuration.update('pathMapping', { ...before, [from]: withVariables(to) }, target);
}

function pathMapping(): PathMapping {
  const entries = Object.entries(setting('pathMapping'));
  return Object.fromEntries(entries.map(([from, to]) => [from, withoutVariables(to)]));
}

const VARIABLE = /^\$\{workspaceFolder(?::([^}]*))?\}/;

function withoutVariables(text: string): string {
  return text.replace(VARIABLE, (all, name: string | undefined) => {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const folder = name === undefined ? folders[0] : folders.find((one) => one.name === name);
    return folder?.uri.fsPath ?? all;
  });
}

function withVariables(place: string): string {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(place));
  if (folder === undefined) return place;
  const isOnly = vscode.workspace.workspaceFolders?.length === 1;
  const variable = isOnly ? '${workspaceFolder}' : `\${workspaceFolder:${folder.name}}`;
  return `${variable}${place.slice(folder.uri.fsPath.length)}`;
}

function missingUri(file: string): vscode.Uri {
  const { path } = vscode.Uri.file(file);
  return vscode.Uri.from({ scheme: MISSING_SCHEME, path, query: file });
}
