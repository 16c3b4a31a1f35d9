import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import { readSessionHead } from '../../session/directory/session-file.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { setting, settings } from '../workbench/settings.ts';
import { chooseRuntime } from './choose-runtime.ts';
import { launchArguments } from './command-line.ts';
import { findRuntime, NoUsableNode } from './runtime.ts';
import { RememberedArguments, saveEdited } from './scripts.ts';
import { pruneTraces, traceFolder } from './traces.ts';

/** How often to look whether a program that was just started has a trace, ms. */
const LOOK_EVERY = 100;

/** Runs scripts under trace, each in an integrated terminal whose process is the command line tool itself. */
export class Runner implements vscode.Disposable {
  readonly args: RememberedArguments;
  private readonly all = new Disposables();
  private readonly sessions: Sessions;
  private readonly extension: vscode.Uri;
  private readonly storage: string;
  /** Terminals by trace folder, for *Show Terminal*: also those that `adopt` found by the launcher's pid in a trace. */
  private readonly terminals = new Map<string, vscode.Terminal>();
  /** Terminals that this window has made: only of these the pid is surely a launcher's, and may be sent signals. */
  private readonly made = new WeakSet<vscode.Terminal>();

  constructor(context: vscode.ExtensionContext, sessions: Sessions) {
    this.sessions = sessions;
    this.extension = context.extensionUri;
    this.storage = vscode.Uri.joinPath(context.storageUri ?? context.globalStorageUri, 'traces').fsPath;
    this.args = new RememberedArguments(context.workspaceState);
    this.all.add(vscode.window.onDidCloseTerminal((terminal) => this.closed(terminal)));
    this.all.add(vscode.window.onDidOpenTerminal((terminal) => void this.adopt(terminal)));
  }

  /** Folder of the traces that are made here. */
  get traces(): string {
    return this.storage;
  }

  terminalOf(dir: string): vscode.Terminal | undefined {
    return this.terminals.get(dir);
  }

  /**
   * The pid of the launcher that this window has started for a session; `undefined` of a terminal that `adopt` found: only the
   * trace, which may come from anywhere, says that it runs the session.
   */
  async launcherOf(dir: string): Promise<number | undefined> {
    const terminal = this.terminals.get(dir);
    if (terminal === undefined || !this.made.has(terminal) || terminal.exitStatus !== undefined)
      return undefined;
    return terminal.processId;
  }

  /**
   * Runs a script. Resolves with the folder of its trace when it has started.
   * @throws Error for people; `undefined`: the user was told what is wrong and how to mend it
   */
  async run(script: vscode.Uri): Promise<string | undefined> {
    if (!vscode.workspace.isTrusted)
      throw new Error(vscode.l10n.t('Programs are run only in trusted folders.'));
    await saveEdited(script);
    const cwd = workingFolder(script);
    const runtime = await this.runtime(script, cwd);
    if (runtime === undefined) return undefined;
    const dir = this.newTrace(script.fsPath);
    const name = path.basename(script.fsPath);
    const terminal = vscode.window.createTerminal({
      name: `Forkscope: ${name}`,
      iconPath: new vscode.ThemeIcon('type-hierarchy-sub'),
      shellPath: runtime,
      shellArgs: launchArguments({
        cli: vscode.Uri.joinPath(this.extension, 'dist', 'cli.js').fsPath,
        node: runtime,
        trace: dir,
        script: script.fsPath,
        args: this.args.of(script),
        settings: settings(script),
      }),
      cwd,
    });
    this.terminals.set(dir, terminal);
    this.made.add(terminal);
    this.sessions.announce(dir, name, script.fsPath);
    terminal.show(true);
    void this.follow(dir, terminal);
    return dir;
  }

  /** Folder for the trace of what is run next; old traces make room. */
  newTrace(script: string): string {
    const isShown = (dir: string): boolean => this.sessions.known(dir) !== undefined;
    pruneTraces(this.storage, setting('keepTraces'), isShown, Date.now());
    return traceFolder(this.storage, script, new Date());
  }

  /** Finds the terminals of sessions that were opened again after a reload: their process is the session's launcher. */
  async adoptAll(): Promise<void> {
    await Promise.all(vscode.window.terminals.map((terminal) => this.adopt(terminal)));
  }

  /**
   * The executable of the Node that runs a script; `undefined`: the user was told that there is none.
   * @param wanted path or name, '': what the setting says
   */
  async runtime(
    scope: vscode.Uri | undefined,
    cwd: string,
    { wanted = '', env = process.env }: { readonly wanted?: string; readonly env?: NodeJS.ProcessEnv } = {},
  ): Promise<string | undefined> {
    try {
      return (await findRuntime(wanted || setting('runtimeExecutable', scope), cwd, env)).executable;
    } catch (error) {
      if (!(error instanceof NoUsableNode)) throw error;
      void this.offerRuntime(error.message, cwd);
      return undefined;
    }
  }

  dispose(): void {
    this.all.dispose();
  }

  private async offerRuntime(problem: string, cwd: string): Promise<void> {
    const select = vscode.l10n.t('Select Node.js…');
    const download = vscode.l10n.t('Get Node.js');
    const choice = await vscode.window.showErrorMessage(problem, select, download);
    if (choice === select) await chooseRuntime(cwd);
    if (choice === download)
      await vscode.env.openExternal(vscode.Uri.parse('https://nodejs.org/en/download'));
  }

  /** Opens the session as soon as the launcher has begun its trace. */
  private async follow(dir: string, terminal: vscode.Terminal): Promise<void> {
    while (terminal.exitStatus === undefined && readSessionHead(dir) === undefined) await sleep(LOOK_EVERY);
    if (!this.sessions.known(dir)) return;
    if (readSessionHead(dir) === undefined) {
      this.sessions.close(dir);
      return;
    }
    await this.sessions.open(dir).catch((error: Error) => this.sessions.fail(dir, error.message));
  }

  private async adopt(terminal: vscode.Terminal): Promise<void> {
    const pid = await terminal.processId;
    const session = this.sessions.list().find(({ dir }) => readSessionHead(dir)?.launcherPid === pid);
    if (pid === undefined || !session || this.terminals.has(session.dir)) return;
    this.terminals.set(session.dir, terminal);
    this.sessions.makeCurrent(session.dir);
  }

  private closed(terminal: vscode.Terminal): void {
    for (const [dir, known] of this.terminals) if (known === terminal) this.terminals.delete(dir);
  }
}

/** The script's workspace folder, else its own folder. */
export function workingFolder(script: vscode.Uri): string {
  return vscode.workspace.getWorkspaceFolder(script)?.uri.fsPath ?? path.dirname(script.fsPath);
}
