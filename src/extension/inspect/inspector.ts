import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import { messageOf } from '../../base/errors.ts';
import type { InspectedSite, Inspection } from '../../protocol/inspector.ts';
import type { KnownSession } from '../sessions/entry.ts';
import type { WindowMemory } from '../sessions/record.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { VIEWS } from '../workbench/contributions.ts';
import { openSite } from '../workbench/reveal.ts';
import { setContext } from '../workbench/settings.ts';
import { Highlights } from './highlights.ts';
import { differs, inspectedSites, inspectionText, later } from './inspection.ts';
import { readInspection } from './read.ts';
import { RememberedInspection } from './remembered.ts';
import type { InspectRequest } from './request.ts';
import { InspectorView } from './view.ts';

/** *Inspect*: the line that waits and the line that took what it waits for, side by side, the chain in words beside them. */
export class Inspector implements vscode.Disposable {
  private readonly all = new Disposables();
  private readonly sessions: Sessions;
  private readonly highlights: Highlights;
  private readonly view: InspectorView;
  private readonly memory: RememberedInspection;
  private inspection: Inspection | undefined;

  constructor(extension: vscode.Uri, sessions: Sessions, memory: WindowMemory) {
    this.sessions = sessions;
    this.memory = new RememberedInspection(memory);
    this.highlights = this.all.add(new Highlights(vscode.Uri.joinPath(extension, 'media')));
    this.view = new InspectorView(extension, {
      select: (link) => void this.showLink(link).catch(report),
      goTo: (site) => void openSite(site).catch(report),
      copy: () => void this.copy(),
      stacks: () => void vscode.commands.executeCommand('forkscope.showStacks', this.memory.request),
      timeline: () => this.openTimeline(),
    });
    this.all.add(vscode.window.registerWebviewViewProvider(VIEWS.inspector, this.view));
    this.all.add(sessions.onDidChange((session) => (session ? this.follow(session) : this.closeGone())));
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

  /** After a reload of the window: shows the inspection again. VS Code itself opens its editors again. */
  async restore(): Promise<void> {
    const { request } = this.memory;
    if (!request) return;
    await this.tell(request).catch(() => {
      // The finding or its trace is gone: the side bar would stay open with an empty view.
      this.memory.request = undefined;
      return closeBar();
    });
  }

  /** Tells the chain of a finding in words, and highlights its lines. */
  private async tell(request: InspectRequest): Promise<void> {
    const { inspection } = await readInspection(this.sessions, request);
    this.inspection = inspection;
    setContext('forkscope.inspecting', true);
    this.highlights.show(inspectedSites(inspection));
    this.memory.request = request;
    await this.view.show(inspection, request.link ?? 0);
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

  /** After an update of the session: shows how long its waits have lasted, a changed chain or certainty, or that they are over. */
  private follow({ dir, reader }: KnownSession): void {
    const { inspection } = this;
    const update = reader?.lastUpdate;
    if (!inspection || !update || dir !== inspection.dir) return;
    const finding = update.findings.find(({ id }) => id === inspection.finding);
    const { request } = this.memory;
    if (finding && request && differs(inspection, finding)) {
      void this.tellAgain(request).catch(report);
      return;
    }
    this.inspection = later(inspection, finding, update);
    this.view.update(this.inspection);
  }

  /** Shows the chain and the certainty of the finding anew. The view is not brought to the front, which would interrupt the user. */
  private async tellAgain(request: InspectRequest): Promise<void> {
    const { inspection } = await readInspection(this.sessions, request);
    if (this.memory.request?.finding !== request.finding) return;
    this.inspection = inspection;
    this.highlights.show(inspectedSites(inspection));
    this.view.replace(inspection);
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
  void vscode.window.showWarningMessage(messageOf(error));
}
