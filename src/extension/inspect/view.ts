import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { FromInspector, Inspection, ToInspector } from '../../protocol/inspector.ts';
import { VIEWS } from '../workbench/contributions.ts';

/** What only the inspector can do for its view. */
export interface InspectorActions {
  select(link: number): void;
  goTo(site: Extract<FromInspector, { type: 'goto' }>['site']): void;
  copy(): void;
  stacks(): void;
  timeline(): void;
}

/** The view with the chain in words. The page keeps no state: VS Code drops it while it is hidden, and `message` fills it again. */
export class InspectorView implements vscode.WebviewViewProvider {
  private readonly extension: vscode.Uri;
  private readonly actions: InspectorActions;
  private view: vscode.WebviewView | undefined;
  private message: Extract<ToInspector, { type: 'show' }> | undefined;

  constructor(extension: vscode.Uri, actions: InspectorActions) {
    this.extension = extension;
    this.actions = actions;
  }

  get visible(): boolean {
    return this.view?.visible ?? false;
  }

  /** Shows an inspection, and the view with it. The focus stays where it is. */
  async show(inspection: Inspection, selected: number): Promise<void> {
    this.message = { type: 'show', inspection, selected };
    await vscode.commands.executeCommand(`${VIEWS.inspector}.focus`, { preserveFocus: true });
    this.post();
  }

  /** Draws the inspection anew in the view as it is, hidden or not; the selected link stays. */
  replace(inspection: Inspection): void {
    this.message = { type: 'show', inspection, selected: this.message?.selected ?? 0 };
    this.post();
  }

  /** Changes only the texts that say how long waits have lasted: drawing anew would take away focus and selection. */
  update(inspection: Inspection): void {
    const { message } = this;
    if (message === undefined) return;
    this.message = { ...message, inspection };
    const told = (shown: Inspection) => JSON.stringify([shown.over, shown.links.map(({ since }) => since)]);
    if (told(message.inspection) === told(inspection)) return;
    this.post({ type: 'update', since: inspection.links.map(({ since }) => since), over: inspection.over });
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    const dist = vscode.Uri.joinPath(this.extension, 'dist', 'webview');
    view.webview.options = { enableScripts: true, localResourceRoots: [dist] };
    view.webview.onDidReceiveMessage((message: FromInspector) => this.receive(message));
    view.onDidDispose(() => {
      this.view = undefined;
    });
    view.webview.html = page(view.webview, dist);
  }

  private receive(message: FromInspector): void {
    switch (message.type) {
      case 'ready':
        this.post();
        break;
      case 'select':
        this.actions.select(message.link);
        break;
      case 'goto':
        this.actions.goTo(message.site);
        break;
      case 'copy':
        this.actions.copy();
        break;
      case 'stacks':
        this.actions.stacks();
        break;
      case 'timeline':
        this.actions.timeline();
        break;
    }
  }

  private post(message: ToInspector | undefined = this.message): void {
    // `postMessage` rejects when the view is closed meanwhile, and an unhandled rejection would be logged as an error.
    if (message) void this.view?.webview.postMessage(message).then(undefined, () => undefined);
  }
}

function page(webview: vscode.Webview, dist: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const uri = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(dist, name));
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width">
  <title>Forkscope</title>
  <link rel="stylesheet" href="${uri('inspector.css')}">
</head>
<body>
  <main id="inspection" aria-live="polite"></main>
  <script type="module" nonce="${nonce}" src="${uri('inspector.js')}"></script>
</body>
</html>`;
}
