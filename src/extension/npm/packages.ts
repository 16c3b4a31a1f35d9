import path from 'node:path';
import * as vscode from 'vscode';
import { type PackageScript, type PackageScripts, scriptsIn } from './package-scripts.ts';

/** Files of this name are looked at. */
export const PACKAGE = 'package.json';
/** Where others' packages lie. */
const OTHERS = '**/node_modules/**';
/** Packages of a workspace that are looked at: of more nobody reads the list. */
const MOST = 500;

/** A script, and the package.json that has it. */
export interface NpmScript {
  readonly file: vscode.Uri;
  readonly script: string;
}

/** All scripts of the workspace's packages, the topmost package of each folder first. */
export async function workspaceScripts(): Promise<readonly (NpmScript & { readonly command: string })[]> {
  const files = await vscode.workspace.findFiles(`**/${PACKAGE}`, OTHERS, MOST);
  files.sort((a, b) => depth(a) - depth(b) || (a.path < b.path ? -1 : 1));
  const found = await Promise.all(files.map(async (file) => ({ file, scripts: await scriptsOf(file) })));
  return found.flatMap(({ file, scripts }) =>
    scripts.map(({ name, command }) => ({ file, script: name, command })),
  );
}

const depth = (file: vscode.Uri): number => file.path.split('/').length;

/** As the editor has it, else as it is on the disk; none where it cannot be read. */
export async function scriptsOf(file: vscode.Uri): Promise<readonly PackageScript[]> {
  try {
    const document = await vscode.workspace.openTextDocument(file);
    return inDocument(document)?.scripts ?? [];
  } catch {
    return [];
  }
}

export function inDocument(document: vscode.TextDocument): PackageScripts | undefined {
  return scriptsIn(document.getText());
}

/** Where the package lies, as one says it in this workspace. */
export function packageLabel(file: vscode.Uri): string {
  const folder = vscode.Uri.file(path.dirname(file.fsPath));
  const root = vscode.workspace.getWorkspaceFolder(file);
  return root?.uri.fsPath === folder.fsPath ? root.name : vscode.workspace.asRelativePath(folder);
}

/** Its folder, as a path in its workspace folder; '': that itself. */
export function packagePath(file: vscode.Uri): string {
  const root = vscode.workspace.getWorkspaceFolder(file)?.uri.fsPath ?? '';
  return path.relative(root, path.dirname(file.fsPath)).replaceAll('\\', '/');
}
