import * as vscode from 'vscode';
import { findNode } from '../../session/node/node.ts';
import { setting } from '../workbench/settings.ts';
import { shellNode } from './runtime.ts';

interface Choice extends vscode.QuickPickItem {
  /** Value of the setting; `undefined`: browse. */
  readonly value: string | undefined;
}

/** Lets the user choose the Node that runs programs, and remembers it in the user's settings. */
export async function chooseRuntime(cwd: string): Promise<void> {
  const choice = await vscode.window.showQuickPick(choices(cwd), {
    title: vscode.l10n.t('Node.js for Running with Tracing'),
    placeHolder: vscode.l10n.t('Node.js 20 or newer'),
  });
  if (!choice) return;
  const value = choice.value ?? (await browse());
  if (value === undefined) return;
  // Refuses what is no Node, or too old a one, before it is remembered.
  if (value !== '') await findNode(value, cwd, process.env);
  const configuration = vscode.workspace.getConfiguration('forkscope');
  const target = vscode.ConfigurationTarget.Global;
  await configuration.update('runtimeExecutable', value === '' ? undefined : value, target);
}

async function choices(cwd: string): Promise<Choice[]> {
  const current = setting('runtimeExecutable');
  const found = await Promise.all([
    findNode(undefined, cwd, process.env).catch(() => undefined),
    shellNode(process.env, cwd).then((node) =>
      node === undefined ? undefined : findNode(node, cwd, process.env).catch(() => undefined),
    ),
  ]);
  const unique = new Map(found.flatMap((info) => (info ? [[info.executable, info]] : [])));
  const mark = (value: string) => (value === current ? `$(check) ` : '');
  return [
    { label: `${mark('')}${vscode.l10n.t('The node of my shell')}`, value: '' },
    ...[...unique.values()].map(({ executable, version }) => ({
      label: `${mark(executable)}Node.js ${version}`,
      description: executable,
      value: executable,
    })),
    { label: `$(folder-opened) ${vscode.l10n.t('Browse…')}`, value: undefined },
  ];
}

async function browse(): Promise<string | undefined> {
  const picked = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Node.js executable'),
    openLabel: vscode.l10n.t('Select'),
  });
  return picked?.[0]?.fsPath;
}
