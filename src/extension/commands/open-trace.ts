import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { conditionText } from '../../model/words/index.ts';
import { isPackedName, PACKED } from '../../session/directory/packed-name.ts';
import type { PackedTraces } from '../packed/packed-traces.ts';
import type { Runner } from '../run/runner.ts';
import { storedTraces } from '../run/traces.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { traceName } from '../sessions/sessions.ts';
import type { ProcessTreeView } from '../tree/tree-view.ts';

interface Parts {
  readonly sessions: Sessions;
  readonly view: ProcessTreeView;
  readonly runner: Runner;
  readonly packed: PackedTraces;
}

/** Opens a trace: the folder or packed trace that is given, one of those made here, or one that the user browses for. */
export async function openTrace({ sessions, view, runner, packed }: Parts, given: unknown): Promise<void> {
  const place =
    given instanceof vscode.Uri ? given.fsPath : typeof given === 'string' ? given : await pick(runner);
  if (place === undefined) return;
  const folder = isPackedName(place) ? await packed.folderOf(place) : folderOf(place);
  await vscode.window.withProgress(
    { location: { viewId: 'forkscope.processes' }, title: vscode.l10n.t('Opening {0}', traceName(folder)) },
    () => sessions.open(folder),
  );
  await view.reveal(path.resolve(folder));
}

/** Where a file of a trace was picked, its folder is meant. */
function folderOf(place: string): string {
  const isTrace = (dir: string) => existsSync(path.join(dir, 'session.def'));
  return !isTrace(place) && isTrace(path.dirname(place)) ? path.dirname(place) : place;
}

async function pick(runner: Runner): Promise<string | undefined> {
  const format = new Intl.DateTimeFormat(vscode.env.language, { dateStyle: 'medium', timeStyle: 'short' });
  const stored = storedTraces(runner.traces).map(({ dir, written, live }) => ({
    label: `$(${live ? 'pulse' : 'history'}) ${traceName(dir)}`,
    description: live ? conditionText(vscode.l10n.t, 'running') : format.format(written),
    dir,
  }));
  const folder = {
    label: `$(folder-opened) ${vscode.l10n.t('Folder…')}`,
    description: '',
    dir: browseFolder,
  };
  const file = { label: `$(file-zip) ${vscode.l10n.t('Packed Trace…')}`, description: '', dir: browseFile };
  const separator = { label: '', kind: vscode.QuickPickItemKind.Separator, dir: undefined };
  const picked = await vscode.window.showQuickPick([...stored, separator, folder, file], {
    title: vscode.l10n.t('Open Trace'),
    placeHolder: vscode.l10n.t('A session that was run here, or another trace'),
  });
  return typeof picked?.dir === 'function' ? picked.dir() : picked?.dir;
}

function browseFolder(): Promise<string | undefined> {
  return browse({ canSelectFolders: true, canSelectFiles: false });
}

function browseFile(): Promise<string | undefined> {
  return browse({ filters: { [vscode.l10n.t('Packed traces')]: [PACKED.slice(1)] } });
}

async function browse(what: vscode.OpenDialogOptions): Promise<string | undefined> {
  const picked = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Open Trace'),
    openLabel: vscode.l10n.t('Open'),
    ...what,
  });
  return picked?.[0]?.fsPath;
}
