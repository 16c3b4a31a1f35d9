import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Found, LookWord, RunningProgram } from '../../untraced/index.ts';
import type { Runner } from '../run/runner.ts';
import type { StacksView } from '../stacks/stacks-view.ts';
import { foundText } from './found-text.ts';
import { Look } from './look.ts';
import { pickProgram } from './pick.ts';
import { LookReports } from './reports.ts';

type Consent = Extract<LookWord, { type: 'consent' }>;

/** *Inspect Running Program…*: chooses a program that nobody traced, looks into it with its user's consent, and shows what is there. */
export class InspectRunning implements vscode.Disposable {
  private readonly cli: string;
  private readonly runner: Runner;
  private readonly stacks: StacksView;
  private readonly reports = new LookReports();
  /** Programs whose user has agreed. */
  private readonly agreed = new Set<string>();

  constructor(extension: vscode.Uri, runner: Runner, stacks: StacksView) {
    this.cli = vscode.Uri.joinPath(extension, 'dist', 'cli.js').fsPath;
    this.runner = runner;
    this.stacks = stacks;
  }

  /**
   * @param given pid of the program; else the user chooses
   * @returns what was found; `undefined`: the user did not want it
   * @throws Error in words where it cannot be looked into
   */
  async inspect(given: unknown): Promise<Found | undefined> {
    const node = await this.runner.runtime(undefined, folder());
    if (node === undefined) return undefined;
    const pid = typeof given === 'number' ? given : (await pickProgram(() => this.list(node)))?.pid;
    return pid === undefined ? undefined : this.lookInto(node, pid);
  }

  dispose(): void {
    this.reports.dispose();
  }

  private async list(node: string): Promise<readonly RunningProgram[]> {
    const look = new Look(
      node,
      this.cli,
      editorFolders().flatMap((own) => ['--without', own]),
    );
    const word = await look.next();
    return word?.type === 'programs' ? word.programs : [];
  }

  private async lookInto(node: string, pid: number): Promise<Found | undefined> {
    const look = new Look(node, this.cli, [String(pid)]);
    try {
      const consent = await look.next();
      if (consent?.type === 'problem') throw refused(pid, consent.problem);
      if (consent?.type !== 'consent' || !(await this.agrees(consent))) return undefined;
      look.go();
      const found = await follow(look, consent);
      if (found) await this.show(node, found);
      return found;
    } finally {
      look.stop();
    }
  }

  /** Asks once for each program. */
  private async agrees({ pid, start, name, listens }: Consent): Promise<boolean> {
    const key = `${pid} ${start}`;
    if (this.agreed.has(key)) return true;
    const go = vscode.l10n.t('Look Into It');
    const choice = await vscode.window.showWarningMessage(
      vscode.l10n.t('Look into {0}?', name),
      { modal: true, detail: effects(listens) },
      go,
    );
    if (choice === go) this.agreed.add(key);
    return choice === go;
  }

  private async show(node: string, found: Found): Promise<void> {
    const { pid, name, groups, sections } = found;
    const format = new Intl.DateTimeFormat(vscode.env.language, { timeStyle: 'medium' });
    const time = vscode.l10n.t('As of {0}.', format.format(new Date()));
    await this.reports.show(vscode.l10n.t('Look into {0}', name), foundText(found, time));
    const [first = ''] = sections.verdict.lines;
    await this.stacks.showLookedInto({
      id: `running:${pid}`,
      name,
      message: [time, first.trim()].filter(Boolean).join(' '),
      groups,
      again: async () => {
        await this.lookInto(node, pid);
      },
    });
  }
}

/** Waits for what is found, with its progress in sight and a way to cancel. */
function follow(look: Look, { name, pid }: Consent): Thenable<Found | undefined> {
  const title = vscode.l10n.t('Looking into {0}', name);
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    token.onCancellationRequested(() => look.stop());
    for (let word = await look.next(); word; word = await look.next()) {
      if (word.type === 'found') return word.found;
      if (word.type === 'problem') throw refused(pid, word.problem);
      if (word.type !== 'looking') continue;
      const message = vscode.l10n.t('process {0} ({1} of {2})', word.pid, word.index + 1, word.count);
      progress.report({ message, increment: 100 / word.count });
    }
    return undefined;
  });
}

function refused(pid: number, problem: string): Error {
  return new Error(vscode.l10n.t('Process {0} can’t be looked into: {1}.', pid, problem));
}

function effects(listens: string | null): string {
  const does = vscode.l10n.t(
    'Each of its Node.js processes, and of those below, gets SIGUSR1, opens its inspector on this machine’s loopback, writes “Debugger listening on …” to its stderr, stands still for about 0.2 s, and closes its inspector again. One process at a time. Nothing else changes in it.',
  );
  if (listens === null) return does;
  const own = vscode.l10n.t(
    '{0} names SIGUSR1: the program may have a listener of its own for it, which would run.',
    listens,
  );
  return `${does}\n\n${own}`;
}

/** Folders of the editor and of its extensions, whose processes are none of the user's programs. */
function editorFolders(): string[] {
  const extensions = vscode.extensions.all.map(({ extensionPath }) => dirname(extensionPath));
  const shared = extensions.filter((parent) => /[/\\]extensions$/.test(parent));
  return [...new Set([vscode.env.appRoot, ...shared])].filter((place) => place !== '');
}

function folder(): string {
  return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? process.cwd();
}
