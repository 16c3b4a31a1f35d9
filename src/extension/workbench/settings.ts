import * as vscode from 'vscode';
import type { FindingSettings } from '../../protocol/session.ts';
import type { ContextKey, Settings } from './contributions.ts';
import { SETTING_DEFAULTS } from './contributions.ts';
import { settingProblems, validSettings } from './setting-values.ts';

/** A setting as it applies to a file (settings may differ by workspace folder). */
export function setting<K extends keyof Settings>(name: K, scope?: vscode.Uri): Settings[K] {
  return settings(scope)[name];
}

export function settings(scope?: vscode.Uri): Settings {
  return validSettings(given(scope));
}

function given(scope?: vscode.Uri): Record<string, unknown> {
  const configuration = vscode.workspace.getConfiguration('forkscope', scope);
  return Object.fromEntries(
    Object.keys(SETTING_DEFAULTS).map((name) => [name, configuration.get<unknown>(name)]),
  );
}

/** Which findings are looked for. @param scope the script, or the folder in which it runs: folders may have settings of their own */
export function findingSettings(scope: vscode.Uri): FindingSettings {
  const { 'findings.disabled': disabled, 'findings.thresholds': thresholds } = settings(scope);
  return { disabled, thresholds };
}

/** Says what the editor cannot mark in settings.json: names of findings and thresholds that there are not. */
export function watchSettings(): vscode.Disposable {
  const tell = (): void => {
    const scopes = [undefined, ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri)];
    for (const problem of new Set(scopes.flatMap((scope) => settingProblems(given(scope)))))
      void vscode.window.showWarningMessage(vscode.l10n.t('Forkscope settings: {0}', problem));
  };
  tell();
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration('forkscope.findings')) tell();
  });
}

const current = new Map<ContextKey, boolean>();

/** Sets a key for `when` clauses, where it is not set so already. */
export function setContext(key: ContextKey, value: boolean): void {
  if (current.get(key) === value) return;
  current.set(key, value);
  void vscode.commands.executeCommand('setContext', key, value);
}
