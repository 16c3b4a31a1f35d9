import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import { messageOf } from '../../base/errors.ts';
import { summarize } from '../alerts/summary.ts';
import type { Debugging } from '../debug/debugging.ts';
import type { Explanations } from '../explain/explanations.ts';
import type { Inspector } from '../inspect/inspector.ts';
import { isInspectRequest } from '../inspect/remembered.ts';
import type { InspectRequest } from '../inspect/request.ts';
import { chooseNpmScript } from '../npm/choose-script.ts';
import { scriptCommandOf } from '../npm/package-manager.ts';
import type { PackedTraces } from '../packed/packed-traces.ts';
import { chooseRuntime } from '../run/choose-runtime.ts';
import type { Runner } from '../run/runner.ts';
import { chooseScript } from '../run/scripts.ts';
import { stopProcesses, stopSession } from '../run/stop.ts';
import type { InspectRunning } from '../running/inspect-running.ts';
import type { KnownSession } from '../sessions/entry.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { StacksView } from '../stacks/stacks-view.ts';
import type { TracedTerminals } from '../terminals/terminals.ts';
import type { Arranging } from '../tree/arranging.ts';
import type { TreeNode } from '../tree/nodes.ts';
import { BESIDE } from '../tree/provider.ts';
import { commandLine } from '../tree/tooltip.ts';
import type { ProcessTreeView } from '../tree/tree-view.ts';
import { addTypes } from '../typings/add-types.ts';
import type { CommandId } from '../workbench/contributions.ts';
import { locateSource } from '../workbench/missing-sources.ts';
import { openSite } from '../workbench/reveal.ts';
import { arrangeHandlers } from './arrange.ts';
import { attachDebugger, type HoldParts, hold, processesIn, rowsOf, sendSignal } from './hold.ts';
import { openExample } from './open-example.ts';
import { openTrace } from './open-trace.ts';
import type { Reports } from './report.ts';
import { canRunAgain, restart, runAgain } from './run-again.ts';
import { showSession } from './show.ts';
import { stackHandlers } from './stacks.ts';

/** What the commands work on. */
export interface Parts {
  readonly context: vscode.ExtensionContext;
  readonly sessions: Sessions;
  readonly view: ProcessTreeView;
  readonly arranging: Arranging;
  readonly runner: Runner;
  readonly debugging: Debugging;
  readonly inspector: Inspector;
  readonly explanations: Explanations;
  readonly reports: Reports;
  readonly packed: PackedTraces;
  readonly stacks: StacksView;
  readonly running: InspectRunning;
  readonly terminals: TracedTerminals;
}

type Handler = (argument: unknown, second?: unknown) => unknown;
/** All commands but those that `timeline/register.ts` and `code/reveal-line.ts` register. */
type OwnCommand = Exclude<CommandId, 'forkscope.openTimeline' | 'forkscope.revealInTimeline'>;

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
    ...runHandlers(parts),
    'forkscope.stop': (given) =>
      withSession(parts, given, isLive, async (session) =>
        stopSession(session, await launcherOf(parts, session.dir)),
      ),
    'forkscope.openTrace': (given) => openTrace(parts, given),
    'forkscope.saveTrace': (given) =>
      withSession(parts, given, isAny, (session) => parts.packed.save(session)),
    'forkscope.inspect': (given, second) => inspector.inspect(meantRequest(parts, given, second)),
    'forkscope.explain': (given, second) => parts.explanations.show(meantRequest(parts, given, second)),
    'forkscope.closeInspection': () => inspector.close(),
    'forkscope.showReport': (given) =>
      withSession(parts, given, isAny, ({ dir, name }) => reports.show(dir, name)),
    'forkscope.showTerminal': (given) =>
      withSession(parts, given, isLive, ({ dir }) => runner.terminalOf(dir)?.show()),
    'forkscope.goToSource': (given, second) => goToSource(given, second === BESIDE),
    'forkscope.copyPid': (given, second) =>
      copy(processesIn(rowsOf(given, second), false), ({ target }) =>
        target.kind === 'process' ? String(target.pid) : '',
      ),
    'forkscope.copyCommandLine': (given, second) =>
      copy(processesIn(rowsOf(given, second), false), ({ dir, target }) => {
        const process = target.kind === 'process' && view.indexOf(dir)?.processes.get(target.processId);
        return process ? commandLine(process.argv) : '';
      }),
    'forkscope.copyRow': (given, second) =>
      copy(rowsOf(given, second), ({ style }) => `${style.label} · ${style.description}`),
    ...holdHandlers(parts),
    ...stackHandlers(parts, {
      request: (given) => requestOf(parts, given, undefined),
      session: (given, act) => withSession(parts, given, isAny, ({ dir }) => act(dir)),
    }),
    'forkscope.stopProcess': (given, second) => endProcesses(parts, given, second, false),
    'forkscope.killProcess': (given, second) => endProcesses(parts, given, second, true),
    ...arrangeHandlers(parts.arranging, () => view.conditions),
    'forkscope.clearEnded': () => sessions.closeEnded(),
    'forkscope.closeSession': (given) => withSession(parts, given, isAny, ({ dir }) => sessions.close(dir)),
    'forkscope.revealTrace': (given) => withSession(parts, given, isAny, revealTrace),
    'forkscope.openExample': () => openExample(parts.context),
    'forkscope.addTypes': (given) => addTypes(parts.context, given),
    'forkscope.locateSource': (given) => locateSource(given),
    'forkscope.selectRuntime': () =>
      chooseRuntime(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? process.cwd()),
  };
}

function runHandlers(parts: Parts) {
  return {
    'forkscope.runWithTracing': (given) => run(parts, given, false),
    'forkscope.runWithArguments': (given) => run(parts, given, true),
    'forkscope.debugWithTracing': (given) => debug(parts, given),
    'forkscope.traceTerminals': () => parts.terminals.toggle(),
    'forkscope.runNpmScript': (given) => runNpmScript(parts, given),
    'forkscope.setArguments': async (given) => {
      const script = await chooseScript(given);
      if (script) await parts.runner.args.ask(script);
    },
    'forkscope.runAgain': (given) =>
      withSession(
        parts,
        given,
        (session) => canRunAgain(parts, session),
        (session) => runAgain(parts, session),
      ),
    'forkscope.restart': (given) =>
      withSession(
        parts,
        given,
        (session) => session.live && canRunAgain(parts, session),
        async (session) => restart(parts, session, await launcherOf(parts, session.dir)),
      ),
  } satisfies Partial<Record<OwnCommand, Handler>>;
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
  if (dir !== undefined) await showSession(view, dir);
  return dir;
}

async function runNpmScript({ runner, view }: Parts, given: unknown): Promise<string | undefined> {
  const chosen = (await isTrusted()) ? await chooseNpmScript(given) : undefined;
  if (!chosen) return undefined;
  const { of, args } = await scriptCommandOf(chosen.file, chosen.script);
  const dir = await runner.runCommand(of, args);
  if (dir !== undefined) await showSession(view, dir);
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

/** Whoever keeps the trace of a session, if this window has started them. */
async function launcherOf(
  { runner, debugging }: Pick<Parts, 'runner' | 'debugging'>,
  dir: string,
): Promise<number | undefined> {
  return (await runner.launcherOf(dir)) ?? debugging.launcherOf(dir);
}

/** Ends the processes of rows with everything below them. */
async function endProcesses(parts: Parts, given: unknown, second: unknown, kill: boolean): Promise<void> {
  const rows = processesIn(rowsOf(given, second), false);
  const ends = parts.sessions.list().flatMap((session) => {
    const targets = rows.flatMap(({ dir, target, style }) =>
      dir === session.dir && target.kind === 'process' ? [{ ...target, name: style.label }] : [],
    );
    return targets.length > 0 ? [{ session, targets }] : [];
  });
  if (ends.length === 0) {
    // The row under the pointer may have changed since: stopping a guessed process could hit the wrong one.
    throw new Error(vscode.l10n.t('It is not clear which process is meant: nothing was stopped.'));
  }
  for (const { session, targets } of ends)
    await stopProcesses(session, targets, kill, await launcherOf(parts, session.dir));
}

/** @param beside the focus stays where it is */
function goToSource(given: unknown, beside: boolean): unknown {
  const node = nodeOf(given);
  const site = node?.style.site;
  if (site) return openSite(site, { preserveFocus: beside, wholeLine: beside });
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
  if (fitting.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('There is no session with which this can be done.'),
    );
    return;
  }
  const items = fitting.map((session) => ({ label: session.name, description: session.dir, session }));
  const picked = await vscode.window.showQuickPick(items);
  if (picked) await act(picked.session);
}

function meantRequest(parts: Parts, given: unknown, second: unknown): InspectRequest {
  const request = requestOf(parts, given, second);
  if (!request) throw new Error(vscode.l10n.t('Nothing to inspect: no deadlock or hang is found.'));
  return request;
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
