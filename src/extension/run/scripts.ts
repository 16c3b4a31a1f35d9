import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { joinArguments, splitArguments } from './arguments.ts';

const LANGUAGES = new Set(['typescript', 'javascript', 'typescriptreact', 'javascriptreact']);
/** Names of files that can be run, declarations among them. */
export const SCRIPT = /\.([mc]?[jt]s|[jt]sx)$/i;

const EXTENSIONS = ['ts', 'mts', 'cts', 'tsx', 'js', 'mjs', 'cjs', 'jsx'];

/** Arguments of scripts, remembered file by file for the workspace. */
export class RememberedArguments {
  private readonly memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.memory = memory;
  }

  of(script: vscode.Uri): readonly string[] {
    const stored = this.memory.get<unknown>(keyOf(script));
    return Array.isArray(stored) ? stored.filter((arg) => typeof arg === 'string') : [];
  }

  /** Asks for the arguments. @returns false: the user does not want to go on */
  async ask(script: vscode.Uri): Promise<boolean> {
    const line = await vscode.window.showInputBox({
      title: vscode.l10n.t('Arguments of {0}', path.basename(script.fsPath)),
      prompt: vscode.l10n.t('As in a shell: quotes group words. They are remembered for this file.'),
      value: joinArguments(this.of(script)),
      ignoreFocusOut: true,
      validateInput: problemOf,
    });
    if (line === undefined) return false;
    await this.set(script, splitArguments(line));
    return true;
  }

  set(script: vscode.Uri, args: readonly string[]): Thenable<void> {
    return this.memory.update(keyOf(script), args.length > 0 ? args : undefined);
  }
}

function keyOf(script: vscode.Uri): string {
  return `arguments:${script.toString()}`;
}

function problemOf(line: string): string | undefined {
  try {
    splitArguments(line);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** The script that is meant: what the command was given, else the file of the editor, else what the user picks. What has no file yet is saved first, where the user says. */
export async function chooseScript(given: unknown): Promise<vscode.Uri | undefined> {
  if (given instanceof vscode.Uri) return given.scheme === 'untitled' ? saved(given) : given;
  if (typeof given === 'string') return vscode.Uri.file(given);
  const active = vscode.window.activeTextEditor?.document;
  if (active?.isUntitled && LANGUAGES.has(active.languageId)) return saved(active.uri);
  if (active && SCRIPT.test(active.fileName)) return active.uri;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const picked = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Run with Tracing'),
    openLabel: vscode.l10n.t('Run'),
    filters: { [vscode.l10n.t('TypeScript and JavaScript')]: EXTENSIONS },
    ...(folder ? { defaultUri: folder } : {}),
  });
  return picked?.[0];
}

/** Asks where what has no file yet is to be saved; `undefined`: nowhere. */
async function saved(untitled: vscode.Uri): Promise<vscode.Uri | undefined> {
  const file = await vscode.workspace.save(untitled);
  if (file === undefined || SCRIPT.test(file.path)) return file;
  throw new Error(vscode.l10n.t('{0} is not a TypeScript or JavaScript file.', path.basename(file.fsPath)));
}

/** Saves edited files: the launcher reads them from disk. @throws Error when the script can't be saved, or is gone */
export async function saveEdited(script: vscode.Uri): Promise<void> {
  if (script.scheme !== 'untitled' && !existsSync(script.fsPath)) {
    throw new Error(vscode.l10n.t('{0} does not exist any more.', path.basename(script.fsPath)));
  }
  await saveEditedFiles();
  const document = vscode.workspace.textDocuments.find((d) => d.uri.toString() === script.toString());
  if (!document?.isDirty && !document?.isUntitled) return;
  throw notSaved(script.fsPath);
}

/** All that have a file. */
export async function saveEditedFiles(): Promise<void> {
  const edited = vscode.workspace.textDocuments.filter((d) => d.isDirty && !d.isUntitled);
  await Promise.all(edited.map((document) => document.save()));
}

function notSaved(file: string): Error {
  return new Error(vscode.l10n.t('{0} is not saved: save it first.', path.basename(file)));
}
