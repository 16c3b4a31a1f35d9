import path from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { readSessionHead } from '../session/directory/session-file.ts';
import { AgentServers, PROVIDER } from './agents/agent-servers.ts';
import { registerTools } from './agents/tools.ts';
import { Alerts } from './alerts/alerts.ts';
import { registerCode } from './code/register.ts';
import { holdParts, registerCommands } from './commands/commands.ts';
import { pickProcess } from './commands/hold.ts';
import { showOpenedExample } from './commands/open-example.ts';
import { Reports } from './commands/report.ts';
import { canRunAgain } from './commands/run-again.ts';
import { showSession } from './commands/show.ts';
import { Debugging } from './debug/debugging.ts';
import { Explanations } from './explain/explanations.ts';
import { QuickFixes } from './fixes/quick-fixes.ts';
import { Inspector } from './inspect/inspector.ts';
import { TracedLines } from './lines/traced-lines.ts';
import { registerScriptLinks } from './npm/links.ts';
import { registerPackedEditor } from './packed/editor.ts';
import { registerTraceLinks } from './packed/links.ts';
import { PackedTraces } from './packed/packed-traces.ts';
import { Problems } from './problems/problems.ts';
import { Runner } from './run/runner.ts';
import { InspectRunning } from './running/inspect-running.ts';
import { SessionClient } from './sessions/client.ts';
import type { SessionReader } from './sessions/entry.ts';
import { Sessions } from './sessions/sessions.ts';
import { StacksView } from './stacks/stacks-view.ts';
import { registerTasks } from './tasks/register.ts';
import { TracedTerminals } from './terminals/terminals.ts';
import { TestsWhenThere } from './tests/when-there.ts';
import { registerTimeline } from './timeline/register.ts';
import { Arranging } from './tree/arranging.ts';
import { ProcessTreeView } from './tree/tree-view.ts';
import { registerTypesFix } from './typings/quick-fix.ts';
import { registerMissingSources } from './workbench/missing-sources.ts';
import { registerPackedSources } from './workbench/packed-sources.ts';
import { registerPlaceLinks } from './workbench/place-links.ts';
import { findingSettings, setContext, watchSettings } from './workbench/settings.ts';

/** What other extensions, and tests, get from `activate`. */
export interface ForkscopeApi {
  readonly sessions: Sessions;
  readonly view: ProcessTreeView;
  readonly arranging: Arranging;
  readonly stacks: StacksView;
  readonly alerts: Alerts;
  readonly inspector: Inspector;
  readonly runner: Runner;
  readonly agents: AgentServers;
  readonly debugging: Debugging;
  readonly tests: TestsWhenThere;
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
  const sessions = add(new Sessions(workspaceState, readerOf(worker)));
  const runner = add(new Runner(context, sessions));
  const arranging = add(new Arranging(workspaceState, setContext));
  const view = add(
    new ProcessTreeView(sessions, arranging, {
      hasTerminal: (dir) => runner.terminalOf(dir) !== undefined,
      canRunAgain: (session) => canRunAgain({ debugging }, session),
    }),
  );
  const alerts = add(new Alerts(sessions, view));
  const lines = add(new TracedLines(sessions));
  add(registerCode(sessions, lines));
  add(new Problems(sessions, lines, new QuickFixes(extensionUri, sessions, lines)));
  const explanations = add(new Explanations(sessions));
  const inspector = add(new Inspector(extensionUri, sessions, workspaceState));
  const stacks = add(new StacksView(sessions));
  const running = add(new InspectRunning(extensionUri, runner, stacks));
  const reports = add(new Reports(extensionUri));
  const debugging: Debugging = add(
    new Debugging(context, sessions, runner, {
      started: (dir) => showSession(view, dir),
      pick: () => pickProcess(holdParts({ sessions, runner, debugging })),
    }),
  );
  const packed = new PackedTraces(runner.traces);
  const { tests, terminals } = waysToStart(context, runner, sessions, view);
  const parts = {
    ...{ sessions, view, arranging, runner, debugging },
    ...{ inspector, explanations, reports, packed, stacks, running, terminals },
  };
  add(registerCommands({ ...parts, context }));
  add(registerPlaceLinks());
  const timeline = registerTimeline(context, sessions, (message) => log.error(message));
  add(registerPackedEditor(packed, timeline));
  add(vscode.Disposable.from(registerTraceLinks(), registerPackedSources(sessions)));
  add(registerMissingSources());
  const agents = add(new AgentServers(context, runner.traces));
  add(vscode.lm.registerMcpServerDefinitionProvider(PROVIDER, agents));
  add(registerTools(agents, vscode.Uri.joinPath(extensionUri, 'dist').fsPath));
  add(registerTypesFix());
  add(watchSettings());
  showOpenedExample(context.globalState).then(undefined, (error: unknown) => log.error(String(error)));
  const restored = sessions
    .restore()
    .then(() => Promise.all([runner.adoptAll(), inspector.restore()]))
    .then(() => undefined);
  restored.catch((error: unknown) => log.error(String(error)));
  return { sessions, view, arranging, stacks, alerts, inspector, runner, debugging, agents, tests, restored };
}

/** What reads a trace by a thread of its own, by the settings that hold for its script, or for the folder in which it runs. */
function readerOf(worker: string): (dir: string, script: string | undefined) => SessionReader {
  return (dir, script) => {
    const isPlace = script !== undefined && path.isAbsolute(script);
    const scope = vscode.Uri.file(isPlace ? script : (readSessionHead(dir)?.cwd ?? dir));
    return new SessionClient(dir, worker, findingSettings(scope));
  };
}

/** What starts programs where people start them: npm scripts, tasks, tests, terminals. */
function waysToStart(
  context: vscode.ExtensionContext,
  runner: Runner,
  sessions: Sessions,
  view: ProcessTreeView,
): { readonly tests: TestsWhenThere; readonly terminals: TracedTerminals } {
  const tests = new TestsWhenThere({ runner, sessions });
  const terminals = new TracedTerminals(context, runner, sessions);
  const tasks = registerTasks(runner, (dir) => showSession(view, dir));
  context.subscriptions.push(tests, terminals, tasks, registerScriptLinks());
  return { tests, terminals };
}

/** Everything is disposed by `context.subscriptions`; programs that run go on, and are found again. */
export function deactivate(): void {}
