import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import type { InspectRequest } from '../inspect/request.ts';
import type { KnownSession } from '../sessions/entry.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { ProcessTreeView } from '../tree/tree-view.ts';
import { VIEWS } from '../workbench/contributions.ts';
import { setContext, setting } from '../workbench/settings.ts';
import type { Summary } from './summary.ts';
import { notificationText, StillFound, statusText, summarize } from './summary.ts';

/** What a deadlock raises: a badge on the view, a status-bar item, and one notification with *Inspect*. */
export class Alerts implements vscode.Disposable {
  private readonly all = new Disposables();
  private readonly sessions: Sessions;
  private readonly view: ProcessTreeView;
  private readonly item: vscode.StatusBarItem;
  private readonly lasting = new StillFound();

  constructor(sessions: Sessions, view: ProcessTreeView) {
    this.sessions = sessions;
    this.view = view;
    this.item = this.all.add(
      vscode.window.createStatusBarItem('forkscope.status', vscode.StatusBarAlignment.Left, 50),
    );
    this.item.name = 'Forkscope';
    this.all.add(sessions.onDidChange((session) => this.update(session)));
    this.update(undefined);
  }

  /** What the status bar shows now; '' while it is hidden. */
  get status(): string {
    return this.shown;
  }
  private shown = '';

  dispose(): void {
    this.all.dispose();
  }

  private update(session: KnownSession | undefined): void {
    const summary = summarize(this.sessions.list(), this.sessions.current()?.dir);
    setContext('forkscope.live', summary.live);
    setContext('forkscope.hasSessions', summary.hasSessions);
    setContext('forkscope.hasEnded', summary.hasEnded);
    setContext('forkscope.hasFindings', summary.hasFindings);
    const count = summary.blocking.length;
    const tooltip =
      count === 1 ? vscode.l10n.t('1 deadlock or hang') : vscode.l10n.t('{0} deadlocks or hangs', count);
    this.view.setBadge(count, tooltip);
    this.showStatus(summary);
    if (session) this.notify(session);
  }

  private showStatus(summary: Summary): void {
    const status = statusText(summary, this.sessions.list());
    this.shown = status?.text ?? '';
    if (!status) {
      this.item.hide();
      return;
    }
    const [first] = summary.blocking;
    this.item.text = status.text;
    this.item.tooltip = status.tooltip;
    this.item.backgroundColor = first
      ? new vscode.ThemeColor(`statusBarItem.${status.alarm ? 'error' : 'warning'}Background`)
      : undefined;
    this.item.accessibilityInformation = { label: `Forkscope: ${status.tooltip}`, role: 'button' };
    const request: InspectRequest | undefined = first && {
      dir: first.session.dir,
      finding: first.finding.id,
    };
    this.item.command = request
      ? { command: 'forkscope.inspect', title: vscode.l10n.t('Inspect'), arguments: [request] }
      : `${VIEWS.processes}.focus`;
    this.item.show();
  }

  private notify(session: KnownSession): void {
    const which = setting('notifyOnDeadlock');
    if (which === 'never') return;
    const blocking = (session.reader?.lastUpdate?.findings ?? []).filter((f) => f.blocking);
    for (const finding of this.lasting.of(session, blocking)) {
      const told = which === 'all' || finding.certainty === 'certain';
      // A hang is one piece of news, whether it is suspected first or certain at once.
      if (!told || !this.sessions.claimNotification(session.dir, finding.id)) continue;
      void this.show(notificationText(session, finding), { dir: session.dir, finding: finding.id });
    }
  }

  private async show(text: string, request: InspectRequest): Promise<void> {
    const inspect = vscode.l10n.t('Inspect');
    const timeline = vscode.l10n.t('Open Timeline');
    const stacks = vscode.l10n.t('Show Stacks');
    const choice = await vscode.window.showErrorMessage(text, inspect, stacks, timeline);
    if (choice === inspect) await vscode.commands.executeCommand('forkscope.inspect', request);
    if (choice === stacks) await vscode.commands.executeCommand('forkscope.showStacks', request);
    if (choice === timeline)
      await vscode.commands.executeCommand('forkscope.openTimeline', { dir: request.dir });
  }
}
