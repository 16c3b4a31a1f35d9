import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import type { TreeNode } from '../../../../src/extension/tree/nodes.ts';

/** The machine may be loaded: generous, since tests wait for conditions. */
const PATIENCE = 180_000;

/** Waits until there is an answer that is neither `undefined` nor `false`. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
): Promise<Exclude<T, undefined | false>> {
  const deadline = Date.now() + PATIENCE;
  let problem: unknown;
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>;
    } catch (error) {
      problem = error;
    }
    await sleep(50);
  }
  throw new Error(`waited in vain for ${what}${problem ? `: ${problem}` : ''}`);
}

export async function forkscope(): Promise<ForkscopeApi> {
  const extension = vscode.extensions.getExtension<ForkscopeApi>('forkscope.forkscope');
  assert.ok(extension, 'the extension is installed');
  return extension.activate();
}

export function nodes(api: ForkscopeApi, dir: string): TreeNode[] {
  const below = (node: TreeNode): TreeNode[] => [node, ...node.children.flatMap(below)];
  const root = api.view.store.get(dir);
  return root ? below(root) : [];
}

/** The rows of a session as `label | description`, process ids and figures left out. */
export function rows(api: ForkscopeApi, dir: string): string[] {
  return nodes(api, dir).map(({ style }) => {
    const parts = style.description
      .split(' · ')
      .filter((p) => !/^(pid \d+|\d+% CPU|[\d.]+ [KMG]?B|[\d.]+ (ns|µs|ms|s|min.*|h.*))$/.test(p));
    return `${style.label} | ${parts.join(' · ')}`;
  });
}

/** A process of the tree by its label. */
export function processNode(api: ForkscopeApi, dir: string, label: string): TreeNode | undefined {
  return nodes(api, dir).find((n) => n.target.kind === 'process' && n.style.label === label);
}

export function pidOf(node: TreeNode): number {
  assert.equal(node.target.kind, 'process');
  return node.target.kind === 'process' ? node.target.pid : 0;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The folder of the workspace with that name. */
export function folder(name: string): vscode.Uri {
  const found = vscode.workspace.workspaceFolders?.find((f) => f.name === name);
  assert.ok(found, `the workspace has the folder ${name}`);
  return found.uri;
}

/** 1-based line of the first line that contains the text. */
export function lineOf(document: vscode.TextDocument, text: string): number {
  return document.positionAt(document.getText().indexOf(text)).line + 1;
}

/** Closes all sessions with their terminals, and all editors. */
export async function cleanUp(api: ForkscopeApi): Promise<void> {
  for (const { dir } of api.sessions.list()) api.sessions.close(dir);
  for (const terminal of vscode.window.terminals) terminal.dispose();
  await until('the terminals to close', () => vscode.window.terminals.length === 0);
  await vscode.commands.executeCommand('forkscope.closeInspection');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
