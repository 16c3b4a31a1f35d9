import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import type { Runner } from '../run/runner.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { DEBUG_TYPE } from '../workbench/contributions.ts';
import { launchScript, Offers, type PickProcess, Resolver } from './configurations.ts';
import { type Debuggee, Debuggees } from './debuggees.ts';
import { TRACE_KEY, Tracing } from './tracing.ts';
import { Witnesses } from './witnesses.ts';

/** Type of js-debug's own sessions of Node. */
const NODE_DEBUG = 'pwa-node';
/** Milliseconds in which a session must have started that was resolved: the user may have cancelled it. */
const START_PATIENCE = 60_000;

/** Everything about programs that are debugged and traced together. */
export class Debugging implements vscode.Disposable {
  private readonly all = new Disposables();
  /** Processes that this window's debugger is attached to. */
  readonly debuggees = new Debuggees((debuggee, isPaused) => {
    // One after the other: it may go on before it is known whose it is.
    this.telling = this.telling.then(() => this.tellPause(debuggee, isPaused));
  });
  readonly witnesses = this.all.add(new Witnesses());
  private telling: Promise<void> = Promise.resolve();
  private readonly tracing: Tracing;
  private readonly sessions: Sessions;
  /** Folders of traces whose debug session has not started yet. */
  private readonly awaited = new Map<string, NodeJS.Timeout>();

  /**
   * @param started called with the folder of a session that begins
   * @param pick lets the user choose a process to attach to
   */
  constructor(
    { extensionUri }: Pick<vscode.ExtensionContext, 'extensionUri'>,
    sessions: Sessions,
    runner: Runner,
    { started, pick }: { started: (dir: string) => Promise<unknown>; pick: PickProcess },
  ) {
    this.sessions = sessions;
    this.tracing = new Tracing(extensionUri, sessions, runner, (dir) => {
      this.awaited.set(
        dir,
        setTimeout(() => this.over(dir), START_PATIENCE),
      );
      return started(dir);
    });
    const { debug, DebugConfigurationProviderTriggerKind: Trigger } = vscode;
    const offers = new Offers();
    this.all.add(debug.registerDebugConfigurationProvider(DEBUG_TYPE, new Resolver(pick)));
    this.all.add(debug.registerDebugConfigurationProvider(DEBUG_TYPE, offers, Trigger.Initial));
    this.all.add(debug.registerDebugConfigurationProvider(DEBUG_TYPE, offers, Trigger.Dynamic));
    this.all.add(debug.registerDebugConfigurationProvider(NODE_DEBUG, this.tracing));
    this.all.add(
      debug.registerDebugAdapterTrackerFactory(NODE_DEBUG, {
        createDebugAdapterTracker: (session) =>
          this.debuggees.tracker(session) ?? {
            onWillReceiveMessage: (message: unknown) => this.asked(session, message),
          },
      }),
    );
    this.all.add(debug.onDidStartDebugSession((session) => this.began(session)));
    this.all.add(debug.onDidTerminateDebugSession((session) => this.over(session.configuration[TRACE_KEY])));
  }

  /** Pid of whoever keeps the trace of a session that was started here. */
  launcherOf(dir: string): number | undefined {
    return this.tracing.attendants.get(dir)?.pid;
  }

  /** Debugs a script under trace. */
  start(script: vscode.Uri, args: readonly string[]): Thenable<boolean> {
    const folder = vscode.workspace.getWorkspaceFolder(script);
    return vscode.debug.startDebugging(folder, { ...launchScript(script.fsPath), args: [...args] });
  }

  /** Can {@link startAgain} start this session? */
  hasStarted(dir: string): boolean {
    return this.tracing.starts.has(dir);
  }

  /** Starts once more, as a session of its own, what was debugged in one. */
  async startAgain(dir: string): Promise<boolean> {
    const start = this.tracing.starts.get(dir);
    return start !== undefined && vscode.debug.startDebugging(start.folder, { ...start.config });
  }

  dispose(): void {
    for (const timer of this.awaited.values()) clearTimeout(timer);
    this.all.dispose();
  }

  private async tellPause({ pid, session }: Debuggee, isPaused: boolean): Promise<void> {
    const own = traceOf(session);
    for (const dir of own === undefined ? await this.tracesWith(pid) : [own])
      this.witnesses.tell(dir, isPaused ? 'paused' : 'resumed', pid, 'debugger');
  }

  /** Folders of running sessions that have a process with this pid. */
  private async tracesWith(pid: number): Promise<string[]> {
    const found = this.sessions.list().map(async ({ dir, live, reader }) => {
      const processes = live && reader ? await reader.query('processes', {}).catch(() => []) : [];
      return processes.some((process) => process.pid === pid && process.end === null) ? [dir] : [];
    });
    return (await Promise.all(found)).flat();
  }

  private began({ configuration }: vscode.DebugSession): void {
    const dir: unknown = configuration[TRACE_KEY];
    if (typeof dir !== 'string') return;
    clearTimeout(this.awaited.get(dir));
    this.awaited.delete(dir);
  }

  /** The debugger is asked to end the program. */
  private asked({ configuration }: vscode.DebugSession, message: unknown): void {
    const command = typeof message === 'object' && message !== null ? Reflect.get(message, 'command') : '';
    if (command === 'terminate' || command === 'disconnect')
      this.tracing.attendants.get(configuration[TRACE_KEY])?.stopping();
  }

  private over(dir: unknown): void {
    if (typeof dir !== 'string') return;
    clearTimeout(this.awaited.get(dir));
    this.awaited.delete(dir);
    this.tracing.attendants.get(dir)?.over();
  }
}

/** Folder of the trace of a session, or of the one that has started it. */
function traceOf(session: vscode.DebugSession): string | undefined {
  for (let at: vscode.DebugSession | undefined = session; at; at = at.parentSession) {
    const dir: unknown = at.configuration[TRACE_KEY];
    if (typeof dir === 'string') return dir;
  }
  return undefined;
}
