import path from 'node:path';
import * as vscode from 'vscode';
import type { CommandRecord } from '../sessions/record.ts';

/** How each runs a script with arguments. */
const MANAGERS: Readonly<Record<string, (script: string, args: readonly string[]) => readonly string[]>> = {
  npm: (script, args) => ['run', script, ...(args.length > 0 ? ['--', ...args] : [])],
  node: (script, args) => ['--run', script, ...(args.length > 0 ? ['--', ...args] : [])],
  yarn: (script, args) => ['run', script, ...args],
  pnpm: (script, args) => ['run', script, ...args],
  bun: (script, args) => ['run', script, ...args],
};

/** A command and its arguments. */
export interface ScriptCommand {
  readonly of: CommandRecord;
  readonly args: readonly string[];
}

/** What runs a script of the package in a folder: the package manager that the editor's own npm support takes there. */
export async function scriptCommand(
  folder: string,
  script: string,
  args: readonly string[] = [],
): Promise<ScriptCommand> {
  const told = await managerOf(vscode.Uri.file(folder));
  const manager = told in MANAGERS ? told : 'npm';
  return { of: { command: manager, cwd: folder }, args: MANAGERS[manager]?.(script, args) ?? [] };
}

/** That of a package.json. */
export function scriptCommandOf(file: vscode.Uri, script: string): Promise<ScriptCommand> {
  return scriptCommand(path.dirname(file.fsPath), script);
}

async function managerOf(folder: vscode.Uri): Promise<string> {
  try {
    return String(await vscode.commands.executeCommand('npm.scriptRunner', folder));
  } catch {
    // That extension is switched off.
    return 'npm';
  }
}
