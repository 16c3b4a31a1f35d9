import { realpathSync } from 'node:fs';
import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import type { RunningProgram } from '../../untraced/index.ts';
import { programGroups } from './items.ts';

interface Choice extends vscode.QuickPickItem {
  readonly program?: RunningProgram;
}

/**
 * Lets the user choose a program that runs; `undefined`: none.
 * @param list looks who is there
 */
export function pickProgram(
  list: () => Promise<readonly RunningProgram[]>,
): Promise<RunningProgram | undefined> {
  const pick = vscode.window.createQuickPick<Choice>();
  pick.title = vscode.l10n.t('Inspect Running Program');
  pick.placeholder = vscode.l10n.t('A Node.js program of yours, those that may hang first');
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.ignoreFocusOut = true;
  const refresh = { iconPath: new vscode.ThemeIcon('refresh'), tooltip: vscode.l10n.t('Look Again') };
  pick.buttons = [refresh];
  const fill = async (): Promise<void> => {
    pick.busy = true;
    try {
      const active = pick.activeItems[0]?.program?.pid;
      const choices = choicesOf(await list());
      pick.items = choices;
      const same = choices.find(({ program }) => program !== undefined && program.pid === active);
      if (same) pick.activeItems = [same];
    } catch (error) {
      pick.hide();
      void vscode.window.showErrorMessage(messageOf(error));
    } finally {
      pick.busy = false;
    }
  };
  return new Promise((resolve) => {
    pick.onDidTriggerButton(() => void fill());
    pick.onDidAccept(() => {
      const [chosen] = pick.selectedItems;
      if (chosen?.program === undefined) return;
      resolve(chosen.program);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
    void fill();
  });
}

function choicesOf(programs: readonly RunningProgram[]): Choice[] {
  const groups = programGroups(programs, workspaceFolders());
  if (groups.length === 0) return [{ label: vscode.l10n.t('No Node.js program of yours runs now.') }];
  return groups.flatMap(({ title, items }): Choice[] => [
    { label: title, kind: vscode.QuickPickItemKind.Separator },
    ...items.map(({ program, icon, label, description, detail }) => ({
      label: `$(${icon}) ${label}`,
      description,
      detail,
      program,
    })),
  ]);
}

/** As the system calls them, which names the folders of programs: no links. */
function workspaceFolders(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => {
    try {
      return realpathSync(uri.fsPath);
    } catch {
      return uri.fsPath;
    }
  });
}
