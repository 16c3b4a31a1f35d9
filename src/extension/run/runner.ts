import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import { hasEnded, readSessionHead } from '../../session/directory/session-file.ts';
import { isAlive } from '../../session/os/index.ts';
import type { CommandRecord, RunRecord } from '../sessions/record.ts';
import { type Sessions, traceName } from '../sessions/sessions.ts';
import { setting, settings } from '../workbench/settings.ts';
import { chooseRuntime } from './choose-runtime.ts';
import { launchArguments } from './command-line.ts';
import { commandName, environmentOf } from './commands.ts';
import { findRuntime, NoUsableNode } from './runtime.ts';
import { RememberedArguments, saveEdited, saveEditedFiles } from './scripts.ts';
import { pruneTraces, traceFolder, traceOf } from './traces.ts';

/** How often to look whether a program that was just started has a trace, ms. */
const LOOK_EVERY = 100;

/** What is run in a terminal. */
interface Program {
  /** What its session, its trace and its terminal are called. */
  readonly name: string;
  /** `undefined`: a command. */
  readonly script: vscode.Uri | undefined;
  /** Whose settings hold. */
  readonly scope: vscode.Uri;
  readonly cwd: string;
  readonly run: RunRecord;
}

/** Runs scripts and commands under trace, each in an integrated terminal whose process is the command line tool itself. */
export class Runner implements vscode.Disposable {
  readonly args: RememberedArguments;
  private readonly all = new Disposables();
  private readonly sessions: Sessions;
  private readonly extension: vscode.Uri;
  private readonly storage: string;
  /** Terminals by trace folder, for *Show Terminal*: also those that `adopt` found by the launcher's pid in a trace. */
  private readonly terminals = new Map<string, vscode.Terminal>();
  /** What runs in them, by trace folder: see {@link programKey}. */
  private readonly programs = new Map<string, string>();
  /** Folders that {@link newTrace} has given: what is started at the same moment, as by a compound, must not get the same one. */
  private readonly given = new Set<string>();
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

  /** The command line tool. */
  get cli(): string {
    return vscode.Uri.joinPath(this.extension, 'dist', 'cli.js').fsPath;
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
   * @param again arguments and Node of a run before; `undefined`: those that are set now
   * @throws Error for people; `undefined`: the user was told what is wrong and how to mend it
   */
  async run(script: vscode.Uri, again?: RunRecord): Promise<string | undefined> {
    refuseUntrusted();
    await saveEdited(script);
    const cwd = workingFolder(script);
    const runtime = await this.runtimeAgain(again, script, cwd);
    if (runtime === undefined) return undefined;
    const run = { args: again?.args ?? this.args.of(script), runtime };
    return this.start({ name: path.basename(script.fsPath), script, scope: script, cwd, run });
  }

  /**
   * Runs a command, as {@link run} does a script: every Node process below it is traced.
   * @param again Node of a run before
   */
  async runCommand(
    of: CommandRecord,
    args: readonly string[],
    again?: RunRecord,
  ): Promise<string | undefined> {
    refuseUntrusted();
    await saveEditedFiles();
    const scope = vscode.Uri.file(of.cwd);
    const runtime = await this.runtimeAgain(again, scope, of.cwd);
    if (runtime === undefined) return undefined;
    const run = { args, runtime, of };
    return this.start({ name: commandName(of, args), script: undefined, scope, cwd: of.cwd, run });
  }

  private async runtimeAgain(
    again: RunRecord | undefined,
    scope: vscode.Uri,
    cwd: string,
  ): Promise<string | undefined> {
    const isThere = again !== undefined && existsSync(again.runtime);
    return isThere ? again.runtime : this.runtime(scope, cwd);
  }

  private start({ name, script, scope, cwd, run }: Program): string {
    const { args, runtime, of } = run;
    const key = programKey(script?.fsPath, run);
    this.closeFinished(key);
    const dir = this.newTrace(name.replaceAll('/', '-'));
    const terminal = vscode.window.createTerminal({
      name: `Forkscope: ${name}`,
      iconPath: new vscode.ThemeIcon('type-hierarchy-sub'),
      shellPath: runtime,
      shellArgs: launchArguments({
        cli: this.cli,
        node: runtime,
        trace: dir,
        target: script ? [script.fsPath, ...args] : ['--', of?.command ?? runtime, ...args],
        settings: settings(scope),
      }),
      cwd,
      ...(of ? { env: environmentOf(runtime) } : {}),
    });
    this.terminals.set(dir, terminal);
    this.programs.set(dir, key);
    this.made.add(terminal);
    this.sessions.announce(dir, name, script?.fsPath, run);
    terminal.show(true);
    void this.follow(dir, () => terminal.exitStatus !== undefined);
    return dir;
  }

  /** Folder for the trace of what is run next; old traces make room. */
  newTrace(name: string): string {
    this.makeRoom();
    const dir = traceFolder(this.storage, name, new Date(), (other) => this.given.has(other));
    this.given.add(dir);
    return dir;
  }

  /** Deletes the oldest traces beyond those to keep. */
  makeRoom(storage = this.storage): void {
    const isShown = (dir: string): boolean => this.sessions.known(dir) !== undefined;
    pruneTraces(storage, setting('keepTraces'), isShown, Date.now());
  }

  /**
   * Shows what a process of the command line tool runs that the editor has started, in a terminal of its own: a task's. Resolves
   * with the folder of its trace; `undefined`: it has ended without one.
   */
  async followProcess(
    pid: number,
    {
      name,
      script,
      run,
    }: { name: string | undefined; script: string | undefined; run: RunRecord | undefined },
  ): Promise<string | undefined> {
    this.makeRoom();
    const began = Date.now();
    const look = () => traceOf(this.storage, pid, began);
    let dir = look();
    while (dir === undefined && isAlive(pid, began)) {
      await sleep(LOOK_EVERY);
      dir = look();
    }
    // It may have begun and ended between two looks.
    dir ??= look();
    if (dir === undefined) return undefined;
    this.sessions.announce(dir, name ?? traceName(dir), script, run);
    for (const terminal of vscode.window.terminals)
      if ((await terminal.processId) === pid) {
        this.take(dir, terminal);
        this.made.add(terminal);
      }
    await this.sessions.open(dir).catch((error: Error) => this.sessions.fail(dir, error.message));
    return dir;
  }

  /** A terminal of a task, or of the user, runs one program after the other: from now on it is this one's. */
  take(dir: string, terminal: vscode.Terminal): void {
    this.closed(terminal);
    this.terminals.set(dir, terminal);
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

  /** Opens the session as soon as the launcher has begun its trace; `isOver`: it has ended. */
  async follow(dir: string, isOver: () => boolean): Promise<void> {
    while (!isOver() && readSessionHead(dir) === undefined) await sleep(LOOK_EVERY);
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
    if (path.dirname(session.dir) === this.storage)
      this.programs.set(session.dir, programKey(session.script, session.run));
    this.sessions.makeCurrent(session.dir);
  }

  private closed(terminal: vscode.Terminal): void {
    for (const [dir, known] of this.terminals) {
      if (known !== terminal) continue;
      this.terminals.delete(dir);
      this.programs.delete(dir);
    }
  }

  /** The next run of a program takes the place of the terminals in which it has ended, and which wait to be closed by a key. */
  private closeFinished(key: string): void {
    for (const [dir, terminal] of this.terminals) {
      const isOver = terminal.exitStatus !== undefined || hasEnded(dir);
      if (this.programs.get(dir) === key && isOver) terminal.dispose();
    }
  }
}

function refuseUntrusted(): void {
  if (!vscode.workspace.isTrusted)
    throw new Error(vscode.l10n.t('Programs are run only in trusted folders.'));
}

/** Tells programs apart: a script, or a command with its arguments in its folder. */
function programKey(script: string | undefined, run: RunRecord | undefined): string {
  return script ?? JSON.stringify([run?.of, run?.args]);
}

/** The script's workspace folder, else its own folder. */
export function workingFolder(script: vscode.Uri): string {
  return vscode.workspace.getWorkspaceFolder(script)?.uri.fsPath ?? path.dirname(script.fsPath);
}
