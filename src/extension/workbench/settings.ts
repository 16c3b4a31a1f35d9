import * as vscode from 'vscode';
import type { ContextKey, Settings } from './contributions.ts';
import { SETTING_DEFAULTS } from './contributions.ts';
import { validSettings } from './setting-values.ts';

/** A setting as it applies to a file (settings may differ by workspace folder). */
export function setting<K extends keyof Settings>(name: K, scope?: vscode.Uri): Settings[K] {
  return settings(scope)[name];
}

export function settings(scope?: vscode.Uri): Settings {
  const configuration = vscode.workspace.getConfiguration('forkscope', scope);
  const names = Object.keys(SETTING_DEFAULTS);
  return validSettings(Object.fromEntries(names.map((name) => [name, configuration.get<unknown>(name)])));
}

const current = new Map<ContextKey, boolean>();

/** Sets a key for `when` clauses, where it is not set so already. */
export function setContext(key: ContextKey, value: boolean): void {
  if (current.get(key) === value) return;
  current.set(key, value);
  void vscode.commands.executeCommand('setContext', key, value);
}
