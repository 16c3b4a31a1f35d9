import path from 'node:path';
import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';

const SCHEME = 'forkscope-report';

/** Reports of traces as read-only documents: the text of `forkscope report`, made anew each time one is opened. */
export class Reports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  private readonly cli: string;
  private readonly registration: vscode.Disposable;

  constructor(extension: vscode.Uri) {
    this.cli = vscode.Uri.joinPath(extension, 'dist', 'cli.js').fsPath;
    this.registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  async show(dir: string, name: string): Promise<void> {
    const title = vscode.l10n.t('Report of {0}', name);
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title}.txt`, query: dir });
    this.changes.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }

  provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    return runInThread(this.cli, ['report', uri.query]);
  }

  dispose(): void {
    this.registration.dispose();
    this.changes.dispose();
  }
}

/** The command line tool in a thread: it needs no Node of the user's, so traces can be read without one. */
function runInThread(script: string, argv: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NO_COLOR: '1', COLUMNS: '110' };
    const worker = new Worker(script, { argv, env, stdout: true, stderr: true, name: path.basename(script) });
    let text = '';
    worker.stdout.on('data', (chunk: Buffer) => (text += chunk));
    worker.stderr.on('data', (chunk: Buffer) => (text += chunk));
    worker.once('error', reject);
    worker.once('exit', () => setImmediate(() => resolve(text)));
  });
}
