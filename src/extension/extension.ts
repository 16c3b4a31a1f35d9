import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { AgentServers, PROVIDER } from './agents/agent-servers.ts';
import { Alerts } from './alerts/alerts.ts';
import { holdParts, registerCommands, showSession } from './commands/commands.ts';
import { pickProcess } from './commands/hold.ts';
import { Reports } from './commands/report.ts';
import { Debugging } from './debug/debugging.ts';
import { Inspector } from './inspect/inspector.ts';
import { Problems } from './problems/problems.ts';
import { Runner } from './run/runner.ts';
import { SessionClient } from './sessions/client.ts';
import { Sessions } from './sessions/sessions.ts';
import { registerTimeline } from './timeline/register.ts';
import { ProcessTreeView } from './tree/tree-view.ts';
import { findingSettings, watchSettings } from './workbench/settings.ts';

/** What other extensions, and tests, get from `activate`. */
export interface ForkscopeApi {
  readonly sessions: Sessions;
  readonly view: ProcessTreeView;
  readonly alerts: Alerts;
  readonly inspector: Inspector;
  readonly runner: Runner;
  readonly agents: AgentServers;
  readonly debugging: Debugging;
  /** Resolves when the sessions of before a reload are open again. */
  readonly restored: Promise<void>;
}

/** Makes the extension's parts and hands each what it needs of the others. */
export function activate(context: vscode.ExtensionContext): ForkscopeApi {
  if (vscode.l10n.bundle) l10n.config({ contents: vscode.l10n.bundle });
  const { subscriptions, extensionUri, workspaceState } = context;
  const add = <T extends vscode.Disposable>(part: T): T => {
    subscriptions.push(part);
    return part;
  };
  const log = add(vscode.window.createOutputChannel('Forkscope', { log: true }));
  const worker = vscode.Uri.joinPath(extensionUri, 'dist', 'worker.cjs').fsPath;
  const sessions = add(
    new Sessions(workspaceState, (dir) => new SessionClient(dir, worker, findingSettings())),
  );
  const runner = add(new Runner(context, sessions));
  const view = add(new ProcessTreeView(sessions, (dir) => runner.terminalOf(dir) !== undefined));
  const alerts = add(new Alerts(sessions, view));
  add(new Problems(sessions));
  const inspector = add(new Inspector(extensionUri, sessions, workspaceState));
  const reports = add(new Reports(extensionUri));
  const debugging: Debugging = add(
    new Debugging(context, sessions, runner, {
      started: (dir) => showSession({ view }, dir),
      pick: () => pickProcess(holdParts({ sessions, runner, debugging })),
    }),
  );
  add(registerCommands({ sessions, view, runner, debugging, inspector, reports }));
  registerTimeline(context, sessions, (message) => log.error(message));
  const agents = new AgentServers(context, runner.traces);
  add(vscode.lm.registerMcpServerDefinitionProvider(PROVIDER, agents));
  add(watchSettings());
  const restored = sessions
    .restore()
    .then(() => Promise.all([runner.adoptAll(), inspector.restore()]))
    .then(() => undefined);
  restored.catch((error: unknown) => log.error(String(error)));
  return { sessions, view, alerts, inspector, runner, debugging, agents, restored };
}

/** Everything is disposed by `context.subscriptions`; programs that run go on, and are found again. */
export function deactivate(): void {}
