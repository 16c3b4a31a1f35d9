import { cpSync, existsSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';

/** Key of the state of all windows: the copy that has not been shown yet. */
const KEY = 'exampleToShow';

/** Where the copy goes, and how it is shown. */
interface Choice {
  readonly place: 'temporary' | 'chosen';
  /** `here`: the window's only folder, or one more of its folders. */
  readonly window: 'here' | 'new';
}

/** Copies a small program that hangs, and opens it. */
export async function openExample({ extensionUri, globalState }: vscode.ExtensionContext): Promise<void> {
  const choice = await choose();
  const parent = choice && (await placeOf(choice));
  if (choice === undefined || parent === undefined) return;
  const folder = copyExample(vscode.Uri.joinPath(extensionUri, 'media', 'example').fsPath, parent);
  const uri = vscode.Uri.file(folder);
  await globalState.update(KEY, folder);
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (choice.window === 'new' || folders.length === 0) {
    // Its window shows the README when it has started: see {@link showOpenedExample}.
    const options = choice.window === 'new' ? { forceNewWindow: true } : { forceReuseWindow: true };
    await vscode.commands.executeCommand('vscode.openFolder', uri, options);
    return;
  }
  // A window of one folder becomes a workspace by this and starts its extensions again: they show it, as in a new window.
  const startsAgain = vscode.workspace.workspaceFile === undefined;
  vscode.workspace.updateWorkspaceFolders(folders.length, 0, { uri });
  if (!startsAgain) await showOpenedExample(globalState, folder);
}

/** Shows README and program of an example that was just copied. `opened`: its folder; without it, one of this window's. */
export async function showOpenedExample(state: vscode.Memento, opened?: string): Promise<void> {
  const wanted = state.get<unknown>(KEY);
  const folders = vscode.workspace.workspaceFolders?.map(({ uri }) => uri.fsPath) ?? [];
  const folder = [...(opened === undefined ? [] : [opened]), ...folders].find((one) => one === wanted);
  if (folder === undefined) return;
  await state.update(KEY, undefined);
  const at = (...names: string[]) => vscode.Uri.file(path.join(folder, ...names));
  await vscode.window.showTextDocument(at('src', 'main.ts'), { preview: false });
  await vscode.commands.executeCommand('markdown.showPreviewToSide', at('README.md'));
}

async function choose(): Promise<Choice | undefined> {
  const [temporary, chosen] = [
    vscode.l10n.t('In a temporary folder'),
    vscode.l10n.t('In a folder of yours…'),
  ];
  const [fresh, here] = [vscode.l10n.t('new window'), vscode.l10n.t('added to this window')];
  const isEmpty = (vscode.workspace.workspaceFolders ?? []).length === 0;
  const items: (vscode.QuickPickItem & Choice)[] = isEmpty
    ? [
        { label: temporary, place: 'temporary', window: 'here' },
        { label: chosen, place: 'chosen', window: 'here' },
      ]
    : [
        { label: temporary, description: fresh, place: 'temporary', window: 'new' },
        { label: temporary, description: here, place: 'temporary', window: 'here' },
        { label: chosen, description: fresh, place: 'chosen', window: 'new' },
        { label: chosen, description: here, place: 'chosen', window: 'here' },
      ];
  return vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Open Example'),
    placeHolder: vscode.l10n.t('Where the example, three small files, is copied to'),
  });
}

async function placeOf({ place }: Choice): Promise<string | undefined> {
  if (place === 'temporary') return mkdtempSync(path.join(os.tmpdir(), 'forkscope-'));
  const picked = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Open Example'),
    openLabel: vscode.l10n.t('Copy Here'),
    canSelectFolders: true,
    canSelectFiles: false,
  });
  return picked?.[0]?.fsPath;
}

/** Into a folder of its own: nothing that is there is written over. @returns the folder */
export function copyExample(from: string, parent: string): string {
  const base = path.join(parent, 'forkscope-example');
  let to = base;
  for (let i = 2; existsSync(to); i++) to = `${base}-${i}`;
  cpSync(from, to, { recursive: true });
  return to;
}
