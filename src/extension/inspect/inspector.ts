import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import type { InspectedSite, Inspection } from '../../protocol/inspector.ts';
import { VIEWS } from '../contributions.ts';
import { openSite } from '../reveal.ts';
import type { Memory } from '../sessions/record.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { setContext } from '../settings.ts';
import { Highlights } from './highlights.ts';
import { inspectionOf, inspectionText, sitesOf } from './inspection.ts';
import { InspectMemory } from './memory.ts';
import type { InspectRequest } from './request.ts';
import { InspectorView } from './view.ts';

/** *Inspect*: the line that waits and the line that took what it waits for, side by side, the chain in words beside them. */
export class Inspector implements vscode.Disposable {
  private readonly all = new Disposables();
  private readonly sessions: Sessions;
  private readonly highlights: Highlights;
  private readonly view: InspectorView;
  private readonly memory: InspectMemory;
  private inspection: Inspection | undefined;

  constructor(extension: vscode.Uri, sessions: Sessions, memory: Memory) {
    this.sessions = sessions;
    this.memory = new InspectMemory(memory);
    this.highlights = this.all.add(new Highlights(vscode.Uri.joinPath(extension, 'media')));
    this.view = new InspectorView(extension, {
      select: (link) => void this.showLink(link).catch(report),
      goTo: (site) => void openSite(site).catch(report),
      copy: () => void this.copy(),
      timeline: () => this.openTimeline(),
    });
    this.all.add(vscode.window.registerWebviewViewProvider(VIEWS.inspector, this.view));
    this.all.add(sessions.onDidChange((session) => !session && this.closeGone()));
  }

  /** What is inspected now. */
  get current(): Inspection | undefined {
    return this.inspection;
  }

  /** @throws Error for people when the session or the finding is not there, or a file can't be opened */
  async inspect(request: InspectRequest): Promise<void> {
    await this.tell(request);
    await this.showLink(request.link ?? 0);
  }

  /** Shows again what was inspected when the window was reloaded. The editors are where they were by themselves. */
  async restore(): Promise<void> {
    const { request } = this.memory;
    if (!request) return;
    await this.tell(request).catch(() => {
      // It is over, and its place would stay open with nothing in it.
      this.memory.request = undefined;
      return closeBar();
    });
  }

  /** Tells the chain of a finding in words, and highlights its lines. */
  private async tell(request: InspectRequest): Promise<void> {
    const session = this.sessions.get(request.dir);
    const finding = session?.lastUpdate?.findings.find((f) => f.id === request.finding);
    if (!session || !finding) throw new Error(vscode.l10n.t('This is not found in the session any more.'));
    const processes = await session.query('processes', {});
    const lastTime = session.lastUpdate?.lastTime ?? 0;
    const names = new Map(processes.map((p) => [p.id, p.name]));
    this.inspection = inspectionOf(finding, {
      dir: session.dir,
      lastTime,
      process: (id) => names.get(id) || id,
    });
    setContext('forkscope.inspecting', true);
    this.highlights.show(sitesOf(this.inspection));
    this.memory.request = request;
    await this.view.show(this.inspection, request.link ?? 0);
  }

  close(): void {
    if (this.inspection && this.view.visible) void closeBar();
    this.inspection = undefined;
    this.memory.request = undefined;
    this.highlights.clear();
    setContext('forkscope.inspecting', false);
  }

  dispose(): void {
    this.all.dispose();
  }

  /** Opens the two lines of a link: left what waits, right what it waits for. */
  private async showLink(index: number): Promise<void> {
    const { inspection } = this;
    if (!inspection) return;
    const link = inspection.links[index] ?? inspection.links[0];
    const [left, right] = link ? [link.waits, link.causes[0]] : inspection.others;
    await this.open(right, vscode.ViewColumn.Two, true);
    await this.open(left, vscode.ViewColumn.One, false);
    await this.view.show(inspection, index);
    const { request } = this.memory;
    if (request) this.memory.request = { ...request, link: index };
  }

  private async open(
    site: InspectedSite | null | undefined,
    viewColumn: vscode.ViewColumn,
    preserveFocus: boolean,
  ): Promise<void> {
    if (site) await openSite(site.site, { viewColumn, preserveFocus, wholeLine: true });
  }

  private async copy(): Promise<void> {
    if (this.inspection) await vscode.env.clipboard.writeText(inspectionText(this.inspection));
  }

  private openTimeline(): void {
    const dir = this.inspection?.dir;
    if (dir) void vscode.commands.executeCommand('forkscope.openTimeline', { dir });
  }

  /** The session that is inspected was closed. */
  private closeGone(): void {
    if (this.inspection && !this.sessions.known(this.inspection.dir)) this.close();
  }
}

function closeBar(): Thenable<unknown> {
  return vscode.commands.executeCommand('workbench.action.closeAuxiliaryBar');
}

function report(error: unknown): void {
  void vscode.window.showWarningMessage(error instanceof Error ? error.message : String(error));
}
