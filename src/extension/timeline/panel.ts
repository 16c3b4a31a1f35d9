import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import type { SessionRegistry } from '../../protocol/session.ts';
import type { ToExtension, ToWebview } from '../../protocol/timeline.ts';
import { TIMELINE_VIEW } from '../../protocol/timeline.ts';
import { TimelineBridge } from './bridge.ts';
import { timelineHtml } from './html.ts';
import { openSource } from './source.ts';
import type { TimelineTarget } from './target.ts';

/** Folder of a trace, or how it is come by. */
type Place = string | (() => Promise<string>);

/** The timeline in the editor area: one panel a window, which shows the current session. */
export class TimelinePanel implements vscode.Disposable {
  private readonly panel: vscode.WebviewPanel;
  private readonly sessions: SessionRegistry;
  private readonly bridge: TimelineBridge;
  private readonly disposables: { dispose(): void }[] = [];
  /** Where the trace is that could not be opened, for *Try Again*. */
  private failed: Place | undefined;

  /** @param panel empty panel of type {@link TIMELINE_VIEW}: a new one, or one that VS Code brought back */
  constructor(
    panel: vscode.WebviewPanel,
    extensionUri: vscode.Uri,
    sessions: SessionRegistry,
    log: (message: string) => void,
    onGone: () => void,
  ) {
    this.panel = panel;
    this.sessions = sessions;
    this.bridge = new TimelineBridge((message) => this.post(message), {
      goTo: (target) => void openSource(target, panel.viewColumn),
      inspect: (session, finding) =>
        void vscode.commands.executeCommand('forkscope.inspect', session.dir, finding),
      command: (name) => this.command(name),
      log: (message) => log(`timeline: ${message}`),
    });
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: roots(extensionUri) };
    panel.iconPath = new vscode.ThemeIcon('graph');
    this.disposables.push(
      webview.onDidReceiveMessage((message: ToExtension) => void this.bridge.receive(message)),
      panel.onDidChangeViewState(() => this.bridge.setVisible(panel.visible)),
      sessions.onDidChangeCurrent((session) => this.bridge.setSession(session)),
      panel.onDidDispose(() => {
        this.dispose();
        onGone();
      }),
    );
    this.bridge.setVisible(panel.visible);
    this.bridge.setSession(sessions.current());
    webview.html = pageOf(webview, extensionUri, panel.title);
  }

  reveal(): void {
    this.panel.reveal(undefined, false);
  }

  async show(target: TimelineTarget): Promise<void> {
    if (target.dir !== undefined && target.dir !== this.bridge.current?.dir) {
      // A session that is just starting has nothing to read yet: it becomes current when it has.
      if (this.sessions.get(target.dir)) await this.open(target.dir);
      else this.bridge.setStatus({ type: 'loading', name: '' });
    }
    if (target.processId === undefined && target.threadId === undefined) return;
    this.bridge.reveal({
      type: 'reveal',
      process: target.processId ?? null,
      thread: target.threadId ?? null,
      time: target.time ?? null,
    });
  }

  /** Opens a trace and shows it; says in the panel why it can't. */
  async open(place: Place): Promise<void> {
    const known = typeof place === 'string' ? this.sessions.get(place) : undefined;
    if (known && known === this.bridge.current) return;
    this.bridge.setStatus({ type: 'loading', name: '' });
    try {
      const dir = typeof place === 'string' ? place : await place();
      this.bridge.setSession(await this.sessions.open(dir));
      this.failed = undefined;
    } catch (error) {
      this.failed = place;
      this.bridge.setStatus({
        type: 'failed',
        message: messageOf(error),
      });
    }
  }

  dispose(): void {
    this.bridge.dispose();
    for (const one of this.disposables.splice(0)) one.dispose();
  }

  private command(name: Extract<ToExtension, { type: 'command' }>['name']): void {
    if (name === 'open') void vscode.commands.executeCommand('forkscope.openTrace');
    else if (name === 'run') void vscode.commands.executeCommand('forkscope.runWithTracing');
    else if (this.failed !== undefined) void this.open(this.failed);
  }

  private post(message: ToWebview): void {
    // `postMessage` rejects when the panel is closed meanwhile, and an unhandled rejection would be logged as an error.
    void this.panel.webview.postMessage(message).then(undefined, () => undefined);
  }
}

/** Options of a new panel. The page is loaded anew when it is shown again: its state comes from `setState`. */
export function panelOptions(extensionUri: vscode.Uri): vscode.WebviewPanelOptions & vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: roots(extensionUri), enableFindWidget: false };
}

export function createPanel(extensionUri: vscode.Uri): vscode.WebviewPanel {
  const title = vscode.l10n.t('Forkscope Timeline');
  return vscode.window.createWebviewPanel(
    TIMELINE_VIEW,
    title,
    vscode.ViewColumn.Active,
    panelOptions(extensionUri),
  );
}

function roots(extensionUri: vscode.Uri): vscode.Uri[] {
  return [vscode.Uri.joinPath(extensionUri, 'dist', 'webview'), vscode.Uri.joinPath(extensionUri, 'media')];
}

function pageOf(webview: vscode.Webview, extensionUri: vscode.Uri, title: string): string {
  const address = (file: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'webview', file)).toString();
  return timelineHtml({
    script: address('timeline.js'),
    style: address('timeline.css'),
    cspSource: webview.cspSource,
    nonce: crypto.randomUUID().replaceAll('-', ''),
    language: vscode.env.language,
    title,
    translations: vscode.l10n.bundle,
  });
}
