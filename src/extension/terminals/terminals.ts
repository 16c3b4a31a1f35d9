import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import { isLauncherAlive, readSessionHead } from '../../session/directory/session-file.ts';
import { processTable } from '../../session/os/index.ts';
import { terminalOptions } from '../run/command-line.ts';
import type { Runner } from '../run/runner.ts';
import { findRuntime } from '../run/runtime.ts';
import { type Sessions, traceName } from '../sessions/sessions.ts';
import { TERMINAL_PROFILE } from '../workbench/contributions.ts';
import { setting, settings } from '../workbench/settings.ts';
import { wrapperScript } from './wrapper.ts';

/** How often to look for sessions of terminals, ms. */
const LOOK_EVERY = 500;
/** Only there a shell script can stand for `node`. */
const IS_POSSIBLE = process.platform !== 'win32';

/**
 * Terminals whose Node programs are traced: those of the profile, and all new ones where the setting says so. A `node` of ours stands first in their PATH, and
 * makes a session of each command.
 */
export class TracedTerminals implements vscode.Disposable {
  private readonly all = new Disposables();
  private readonly context: Pick<vscode.ExtensionContext, 'environmentVariableCollection'>;
  private readonly runner: Runner;
  private readonly sessions: Sessions;
  /** Runs since there are such terminals. */
  private looking: NodeJS.Timeout | undefined;
  /** Command lines that run, where the shell tells them. */
  private readonly commands = new Map<vscode.Terminal, string>();
  private readonly seen = new Set<string>();
  private isLooking = false;

  constructor(
    context: Pick<vscode.ExtensionContext, 'environmentVariableCollection'>,
    runner: Runner,
    sessions: Sessions,
  ) {
    this.context = context;
    this.runner = runner;
    this.sessions = sessions;
    // Else they would be traced before the setting is looked at, and after the extension is gone.
    context.environmentVariableCollection.persistent = false;
    this.all.add(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('forkscope')) void this.apply();
      }),
    );
    this.all.add(vscode.workspace.onDidGrantWorkspaceTrust(() => void this.apply()));
    const provider = { provideTerminalProfile: () => this.profile() };
    this.all.add(vscode.window.registerTerminalProfileProvider(TERMINAL_PROFILE, provider));
    const { onDidStartTerminalShellExecution: begins, onDidEndTerminalShellExecution: ends } = vscode.window;
    this.all.add(
      begins(({ terminal, execution }) => this.commands.set(terminal, execution.commandLine.value)),
    );
    this.all.add(ends(({ terminal }) => this.commands.delete(terminal)));
    for (const name of this.traces()) this.seen.add(name);
    // Terminals live on when the window is reloaded.
    if (existsSync(this.folder)) this.watch();
    void this.apply();
  }

  dispose(): void {
    clearInterval(this.looking);
    this.all.dispose();
  }

  /** Turns *Trace Terminals* on or off, for terminals that are opened from now on. */
  async toggle(): Promise<void> {
    const isOn = !setting('traceTerminals');
    await vscode.workspace
      .getConfiguration('forkscope')
      .update('traceTerminals', isOn, vscode.ConfigurationTarget.Global);
    const text = isOn
      ? vscode.l10n.t('Node.js programs in terminals that are opened from now on are traced.')
      : vscode.l10n.t('Terminals that are opened from now on are not traced.');
    void vscode.window.showInformationMessage(text);
  }

  private get folder(): string {
    return path.join(path.dirname(this.runner.traces), 'terminal-bin');
  }

  private get storage(): string {
    return path.join(path.dirname(this.runner.traces), 'terminal-traces');
  }

  private async apply(): Promise<void> {
    const { environmentVariableCollection: variables } = this.context;
    if (!IS_POSSIBLE || !vscode.workspace.isTrusted || !setting('traceTerminals')) {
      variables.clear();
      return;
    }
    if (!(await this.write())) return;
    variables.description = vscode.l10n.t('Traces the Node.js programs of terminals');
    // After the start files of the shell too: version managers put their Node first.
    const options = { applyAtProcessCreation: true, applyAtShellIntegration: true };
    variables.prepend('PATH', `${this.folder}${path.delimiter}`, options);
  }

  private async profile(): Promise<vscode.TerminalProfile | undefined> {
    if (!IS_POSSIBLE) throw new Error(vscode.l10n.t('Terminals can’t be traced on Windows.'));
    if (!vscode.workspace.isTrusted)
      throw new Error(vscode.l10n.t('Programs are run only in trusted folders.'));
    if (!(await this.write())) return undefined;
    return new vscode.TerminalProfile({
      name: vscode.l10n.t('Forkscope Terminal'),
      iconPath: new vscode.ThemeIcon('type-hierarchy-sub'),
      env: { PATH: [this.folder, process.env.PATH ?? ''].join(path.delimiter) },
    });
  }

  /** Writes the `node` of these terminals, whole or not at all: one of them may be starting it. @returns whether there is a Node */
  private async write(): Promise<boolean> {
    const cwd = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? path.dirname(this.folder);
    const runtime = await findRuntime(setting('runtimeExecutable'), cwd, process.env).catch(() => undefined);
    if (runtime === undefined) {
      await this.runner.runtime(undefined, cwd);
      return false;
    }
    const { cli } = this.runner;
    const options = terminalOptions({ traces: this.storage, settings: settings() });
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const script = path.join(this.folder, 'node');
    const next = `${script}.${process.pid}`;
    writeFileSync(next, wrapperScript({ folder: this.folder, runtime: runtime.executable, cli, options }));
    chmodSync(next, 0o700);
    renameSync(next, script);
    this.watch();
    return true;
  }

  private watch(): void {
    this.looking ??= setInterval(() => void this.look(), LOOK_EVERY);
  }

  private traces(): string[] {
    return existsSync(this.storage) ? readdirSync(this.storage) : [];
  }

  /** Shows the sessions that have begun in terminals of this window. */
  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      for (const name of this.traces()) if (!this.seen.has(name)) await this.show(name);
    } finally {
      this.isLooking = false;
    }
  }

  private async show(name: string): Promise<void> {
    const dir = path.join(this.storage, name);
    const head = readSessionHead(dir);
    if (head === undefined) return;
    this.seen.add(name);
    const isAlive = isLauncherAlive(head);
    const terminal = isAlive ? await terminalAbove(head.launcherPid) : undefined;
    // Of another window that has the same storage: those without a folder share one. Of a short command nobody knows the terminal.
    if (terminal === undefined && (isAlive || vscode.workspace.workspaceFolders === undefined)) return;
    this.runner.makeRoom(this.storage);
    const command = terminal && this.commands.get(terminal);
    this.sessions.announce(dir, command ?? traceName(dir), undefined);
    if (terminal) this.runner.take(dir, terminal);
    await this.sessions.open(dir).catch((error: Error) => this.sessions.fail(dir, error.message));
  }
}

/** The terminal whose shell has started a process, or started who did. */
async function terminalAbove(pid: number): Promise<vscode.Terminal | undefined> {
  const table = processTable();
  for (const terminal of vscode.window.terminals) {
    const shell = await terminal.processId;
    const below = shell === undefined ? [] : await table.descendants([shell]);
    if (below.some((process) => process.pid === pid)) return terminal;
  }
  return undefined;
}
