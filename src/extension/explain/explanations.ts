import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import { readInspection } from '../inspect/read.ts';
import type { InspectRequest } from '../inspect/request.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { siteUri } from '../workbench/reveal.ts';
import { explanationText } from './text.ts';

const SCHEME = 'forkscope-finding';
/** Built into VS Code; it can be switched off. */
const MARKDOWN = 'vscode.markdown-language-features';

/** *Explain*: a finding as a document that is read like a page, made anew each time it is opened. */
export class Explanations implements vscode.Disposable, vscode.TextDocumentContentProvider {
  private readonly all = new Disposables();
  private readonly sessions: Sessions;
  private readonly changes = this.all.add(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.changes.event;

  constructor(sessions: Sessions) {
    this.sessions = sessions;
    this.all.add(vscode.workspace.registerTextDocumentContentProvider(SCHEME, this));
  }

  /** @throws Error for people when the session or the finding is not there any more */
  async show(request: InspectRequest): Promise<void> {
    const { finding } = await readInspection(this.sessions, request);
    const query = JSON.stringify({ dir: request.dir, finding: request.finding });
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${finding.kind}.md`, query });
    this.changes.fire(uri);
    if (vscode.extensions.getExtension(MARKDOWN))
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    else await vscode.window.showTextDocument(uri, { preview: true });
  }

  async provideTextDocumentContent({ query }: vscode.Uri): Promise<string> {
    const request: InspectRequest = JSON.parse(query);
    const { inspection, finding } = await readInspection(this.sessions, request);
    return explanationText(inspection, finding.kind, (site) => {
      const uri = siteUri(site);
      return uri ? uri.with({ fragment: `L${site.line}` }).toString() : '';
    });
  }

  dispose(): void {
    this.all.dispose();
  }
}
