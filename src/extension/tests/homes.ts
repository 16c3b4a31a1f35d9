import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { type FolderFacts, homeOf, type PackageFacts, type TestHome } from './frameworks.ts';

/** What runs the tests of a file; `undefined`: none are in it, as far as one can tell. */
export async function homeOfFile(file: vscode.Uri): Promise<TestHome | undefined> {
  const root = vscode.workspace.getWorkspaceFolder(file)?.uri.fsPath;
  if (root === undefined) return undefined;
  const bytes = await vscode.workspace.fs.readFile(file);
  return homeOf(Buffer.from(bytes).toString(), foldersOf(file.fsPath, root));
}

function foldersOf(file: string, root: string): FolderFacts[] {
  const folders: FolderFacts[] = [];
  for (let at = path.dirname(file); ; at = path.dirname(at)) {
    folders.push({ path: at, package: packageIn(at), files: readdirSync(at) });
    if (at === root || path.dirname(at) === at) return folders;
  }
}

function packageIn(folder: string): PackageFacts | undefined {
  try {
    const facts: unknown = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    return typeof facts === 'object' && facts !== null ? facts : undefined;
  } catch {
    // None, or one that is being written.
    return undefined;
  }
}
