import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import { messageOf } from '../../base/errors.ts';
import { summarize } from '../alerts/summary.ts';
import type { Debugging } from '../debug/debugging.ts';
import type { Inspector } from '../inspect/inspector.ts';
import { isInspectRequest } from '../inspect/remembered.ts';
import type { InspectRequest } from '../inspect/request.ts';
import { chooseRuntime } from '../run/choose-runtime.ts';
import type { Runner } from '../run/runner.ts';
import { chooseScript } from '../run/scripts.ts';
import { stopProcess, stopSession } from '../run/stop.ts';
import type { KnownSession } from '../sessions/entry.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { NodeTarget, TreeNode } from '../tree/nodes.ts';
import { commandLine } from '../tree/tooltip.ts';
import type { ProcessTreeView } from '../tree/tree-view.ts';
import type { CommandId } from '../workbench/contributions.ts';
import { openSite } from '../workbench/reveal.ts';
import { setting } from '../workbench/settings.ts';
import { attachDebugger, type HoldParts, hold, rowsOf, sendSignal } from './hold.ts';
import { openTraceFolder } from './open-trace.ts';
import type { Reports } from './report.ts';

/** What the commands work on. */
export interface Parts {
  readonly sessions: Sessions;
  readonly view: ProcessTreeView;
  readonly runner: Runner;
  readonly debugging: Debugging;
  readonly inspector: Inspector;
  readonly reports: Reports;
}

type Handler = (argument: unknown, second?: unknown) => unknown;
/** All commands but `openTimeline`, which `timeline/register.ts` registers. */
type OwnCommand = Exclude<CommandId, 'forkscope.openTimeline'>;

export function registerCommands(parts: Parts): vscode.Disposable {
  const all = new Disposables();
  for (const [id, handler] of Object.entries(handlers(parts))) {
    all.add(
      vscode.commands.registerCommand(id, async (argument: unknown, second: unknown) => {
        try {
          return await handler(argument, second);
        } catch (error) {
          void vscode.window.showErrorMessage(messageOf(error));
          return undefined;
        }
      }),
    );
  }
  return all;
}

function handlers(parts: Parts): Record<OwnCommand, Handler> {
  const { sessions, view, runner, inspector, reports } = parts;
  return {
    'forkscope.runWithTracing': (given) => run(parts, given, false),
    'forkscope.runWithArguments': (given) => run(parts, given, true),
    'forkscope.debugWithTracing': (given) => debug(parts, given),
    'forkscope.setArguments': async (given) => {
      const script = await chooseScript(given);
      if (script) await runner.args.ask(script);
    },
    'forkscope.stop': (given) =>
      withSession(parts, given, isLive, async (session) =>
        stopSession(session, await launcherOf(parts, session.dir)),
      ),
    'forkscope.openTrace': (given) => openTraceFolder(parts, given),
    'forkscope.inspect': async (given, second) => {
      const request = requestOf(parts, given, second);
      if (!request) throw new Error(vscode.l10n.t('Nothing to inspect: no deadlock or hang is found.'));
      await inspector.inspect(request);
    },
    'forkscope.closeInspection': () => inspector.close(),
    'forkscope.showReport': (given) =>
      withSession(parts, given, isAny, ({ dir, name }) => reports.show(dir, name)),
    'forkscope.showTerminal': (given) =>
      withSession(parts, given, isLive, ({ dir }) => runner.terminalOf(dir)?.show()),
    'forkscope.goToSource': (given) => goToSource(given),
    'forkscope.copyPid': (given, second) =>
      copy(rowsOf(given, second), ({ target }) => (target.kind === 'process' ? String(target.pid) : '')),
    'forkscope.copyCommandLine': (given, second) =>
      copy(rowsOf(given, second), ({ dir, target }) => {
        const process = target.kind === 'process' && view.indexOf(dir)?.processes.get(target.processId);
        return process ? commandLine(process.argv) : '';
      }),
    'forkscope.copyRow': (given, second) =>
      copy(rowsOf(given, second), ({ style }) => `${style.label} · ${style.description}`),
    ...holdHandlers(parts),
    'forkscope.stopProcess': (given, second) => endProcesses(parts, given, second, false),
    'forkscope.killProcess': (given, second) => endProcesses(parts, given, second, true),
    'forkscope.clearEnded': () => sessions.closeEnded(),
    'forkscope.closeSession': (given) => withSession(parts, given, isAny, ({ dir }) => sessions.close(dir)),
    'forkscope.revealTrace': (given) => withSession(parts, given, isAny, revealTrace),
    'forkscope.selectRuntime': () =>
      chooseRuntime(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? process.cwd()),
  };
}

/** What pausing and attaching work with. */
export function holdParts(parts: Pick<Parts, 'sessions' | 'runner' | 'debugging'>): HoldParts {
  return { ...parts, launcherOf: (dir) => launcherOf(parts, dir) };
}

function holdHandlers(parts: Parts) {
  const held = holdParts(parts);
  const all = (how: 'pause' | 'continue') => (given: unknown) =>
    withSession(parts, given, isLive, ({ dir }) => {
      const root = parts.view.store.get(dir);
      return root && hold(held, [root], how);
    });
  return {
    'forkscope.attachDebugger': (given, second) => attachDebugger(held, rowsOf(given, second)),
    'forkscope.pause': (given, second) => hold(held, rowsOf(given, second), 'pause'),
    'forkscope.continue': (given, second) => hold(held, rowsOf(given, second), 'continue'),
    'forkscope.pauseBelow': (given, second) => hold(held, rowsOf(given, second), 'pause', true),
    'forkscope.continueBelow': (given, second) => hold(held, rowsOf(given, second), 'continue', true),
    'forkscope.pauseAll': all('pause'),
    'forkscope.continueAll': all('continue'),
    'forkscope.sendSignal': (given, second) => sendSignal(held, rowsOf(given, second)),
  } satisfies Partial<Record<OwnCommand, Handler>>;
}

/** A line a row. */
async function copy(rows: readonly TreeNode[], text: (row: TreeNode) => string): Promise<void> {
  const lines = rows.map(text).filter((line) => line !== '');
  if (lines.length > 0) await vscode.env.clipboard.writeText(lines.join('\n'));
}

const isAny = (): boolean => true;
const isLive = ({ live }: KnownSession): boolean => live;

function revealTrace({ dir }: KnownSession): Thenable<unknown> {
  return vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(dir));
}

async function run({ runner, view }: Parts, given: unknown, ask: boolean): Promise<string | undefined> {
  if (!(await isTrusted())) return undefined;
  const script = await chooseScript(given);
  if (!script || (ask && !(await runner.args.ask(script)))) return undefined;
  const dir = await runner.run(script);
  if (dir !== undefined) await showSession({ view }, dir);
  return dir;
}

/** May programs be run here? Where not, the user is told how that is changed. */
async function isTrusted(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = vscode.l10n.t('Manage Workspace Trust');
  const text = vscode.l10n.t('Programs are run only in trusted folders.');
  if ((await vscode.window.showWarningMessage(text, manage)) === manage) {
    await vscode.commands.executeCommand('workbench.trust.manage');
  }
  return false;
}

async function debug({ runner, debugging }: Parts, given: unknown): Promise<boolean> {
  const script = (await isTrusted()) ? await chooseScript(given) : undefined;
  return script !== undefined && debugging.start(script, runner.args.of(script));
}

/** Shows a session that begins, as the setting says. */
export async function showSession({ view }: Pick<Parts, 'view'>, dir: string): Promise<void> {
  const show = setting('showOnRun');
  if (show === 'tree' || show === 'both') await view.reveal(dir);
  if (show === 'timeline' || show === 'both')
    await vscode.commands.executeCommand('forkscope.openTimeline', { dir });
}

/** Whoever keeps the trace of a session, if this window has started them. */
async function launcherOf(
  { runner, debugging }: Pick<Parts, 'runner' | 'debugging'>,
  dir: string,
): Promise<number | undefined> {
  return (await runner.launcherOf(dir)) ?? debugging.launcherOf(dir);
}

async function endProcesses(parts: Parts, given: unknown, second: unknown, kill: boolean): Promise<void> {
  const rows = rowsOf(given, second).filter(({ target }) => target.kind === 'process');
  if (rows.length < 2) return endProcess(parts, given, kill);
  for (const row of rows) await endProcess(parts, row, kill);
}

async function endProcess(parts: Parts, given: unknown, kill: boolean): Promise<void> {
  const { sessions } = parts;
  const node = nodeOf(given);
  const target = targetOf(given, 'process');
  const session = node && sessions.known(node.dir);
  if (!node || !target || !session) {
    // The row under the pointer may have changed since: stopping a guessed process could hit the wrong one.
    throw new Error(vscode.l10n.t('It is not clear which process is meant: nothing was stopped.'));
  }
  const launcher = await launcherOf(parts, session.dir);
  await stopProcess(session, { ...target, name: node.style.label }, kill, launcher);
}

function goToSource(given: unknown): unknown {
  const node = nodeOf(given);
  const site = node?.style.site;
  if (site) return openSite(site);
  return vscode.window.showInformationMessage(
    vscode.l10n.t('{0} is at no known line of code now.', node?.style.label ?? ''),
  );
}

/** The session of a tree item, else the current one where it fits, else what the user picks of those that fit. */
async function withSession(
  { sessions }: Parts,
  given: unknown,
  fits: (session: KnownSession) => boolean,
  act: (session: KnownSession) => unknown,
): Promise<void> {
  const dir = nodeOf(given)?.dir ?? sessions.current()?.dir;
  const meant = dir === undefined ? undefined : sessions.known(dir);
  if (meant && fits(meant)) return void (await act(meant));
  const fitting = sessions.list().filter(fits);
  const [only] = fitting;
  if (only && fitting.length === 1) return void (await act(only));
  const items = fitting.map((session) => ({ label: session.name, description: session.dir, session }));
  const picked = items.length > 0 ? await vscode.window.showQuickPick(items) : undefined;
  if (picked) await act(picked.session);
}

/** From a tree item, a request, two strings (directory and finding), or nothing: the most urgent finding. */
function requestOf({ sessions }: Parts, given: unknown, second: unknown): InspectRequest | undefined {
  if (typeof given === 'string' && typeof second === 'string') return { dir: given, finding: second };
  const node = nodeOf(given);
  if (node?.target.kind === 'finding') return { dir: node.dir, finding: node.target.finding };
  if (node?.target.kind === 'link') {
    return { dir: node.dir, finding: node.target.finding, link: node.target.index };
  }
  if (isInspectRequest(given)) return given;
  const current = sessions.current();
  const [first] = summarize(sessions.list(), current?.dir).blocking;
  if (first) return { dir: first.session.dir, finding: first.finding.id };
  const other = current?.lastUpdate?.findings[0];
  return current && other && { dir: current.dir, finding: other.id };
}

function nodeOf(value: unknown): TreeNode | undefined {
  const isNode = typeof value === 'object' && value !== null && 'target' in value && 'style' in value;
  return isNode ? (value as TreeNode) : undefined;
}

function targetOf<K extends NodeTarget['kind']>(
  value: unknown,
  kind: K,
): Extract<NodeTarget, { kind: K }> | undefined {
  const target = nodeOf(value)?.target;
  return target?.kind === kind ? (target as Extract<NodeTarget, { kind: K }>) : undefined;
}
