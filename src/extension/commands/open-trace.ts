import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { conditionText } from '../../model/words/index.ts';
import type { Runner } from '../run/runner.ts';
import { storedTraces } from '../run/traces.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { traceName } from '../sessions/sessions.ts';
import type { ProcessTreeView } from '../tree/tree-view.ts';

interface Parts {
  readonly sessions: Sessions;
  readonly view: ProcessTreeView;
  readonly runner: Runner;
}

/** Opens a trace: the folder that is given, one of those made here, or one that the user browses for. */
export async function openTraceFolder({ sessions, view, runner }: Parts, given: unknown): Promise<void> {
  const dir =
    given instanceof vscode.Uri ? given.fsPath : typeof given === 'string' ? given : await pick(runner);
  if (dir === undefined) return;
  const folder = existsSync(path.join(dir, 'session.def')) ? dir : folderOf(dir);
  await vscode.window.withProgress(
    { location: { viewId: 'forkscope.processes' }, title: vscode.l10n.t('Opening {0}', traceName(folder)) },
    () => sessions.open(folder),
  );
  await view.reveal(path.resolve(folder));
}

/** A file of a trace was picked: its folder is meant. */
function folderOf(dir: string): string {
  return existsSync(path.join(path.dirname(dir), 'session.def')) ? path.dirname(dir) : dir;
}

async function pick(runner: Runner): Promise<string | undefined> {
  const format = new Intl.DateTimeFormat(vscode.env.language, { dateStyle: 'medium', timeStyle: 'short' });
  const stored = storedTraces(runner.traces).map(({ dir, written, live }) => ({
    label: `$(${live ? 'pulse' : 'history'}) ${traceName(dir)}`,
    description: live ? conditionText(vscode.l10n.t, 'running') : format.format(written),
    dir,
  }));
  if (stored.length === 0) return browse();
  const other = { label: `$(folder-opened) ${vscode.l10n.t('Browse…')}`, description: '', dir: undefined };
  const separator = { label: '', kind: vscode.QuickPickItemKind.Separator, dir: undefined };
  const picked = await vscode.window.showQuickPick([...stored, separator, other], {
    title: vscode.l10n.t('Open Trace'),
    placeHolder: vscode.l10n.t('A session that was run here, or the folder of another trace'),
  });
  if (!picked) return undefined;
  return picked.dir ?? browse();
}

async function browse(): Promise<string | undefined> {
  const picked = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Open Trace'),
    openLabel: vscode.l10n.t('Open'),
    canSelectFolders: true,
    canSelectFiles: false,
  });
  return picked?.[0]?.fsPath;
}
