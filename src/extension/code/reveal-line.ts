import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import { messageOf } from '../../base/errors.ts';
import { Throttle } from '../../base/throttle.ts';
import type { TracedLines } from '../lines/traced-lines.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { setContext } from '../workbench/settings.ts';
import { tracedNames } from '../workbench/source-files.ts';
import type { KnownFiles } from './known-files.ts';

/** Milliseconds between two looks at the line of the cursor. */
const LOOKED_AFTER = 150;

/** A line of an editor; from 1. */
interface EditorLine {
  readonly uri: vscode.Uri;
  readonly line: number;
}

/** *Reveal in Timeline*: what happened at a line, in the newest session that knows it. Offered only where one does. */
export class RevealLine implements vscode.Disposable {
  private readonly all = new Disposables();
  private readonly files: KnownFiles;
  private readonly lines: TracedLines;

  constructor(sessions: Sessions, files: KnownFiles, lines: TracedLines) {
    this.files = files;
    this.lines = lines;
    const look = this.all.add(
      new Throttle(
        () => this.look(),
        () => LOOKED_AFTER,
      ),
    );
    const again = () => look.request();
    this.all.add(vscode.window.onDidChangeTextEditorSelection(again));
    this.all.add(vscode.window.onDidChangeActiveTextEditor(again));
    this.all.add(sessions.onDidChange(again));
    this.all.add(
      vscode.commands.registerCommand('forkscope.revealInTimeline', async (given: unknown) => {
        try {
          await this.reveal(isLine(given) ? given : activeLine());
        } catch (error) {
          void vscode.window.showErrorMessage(messageOf(error));
        }
      }),
    );
  }

  dispose(): void {
    this.all.dispose();
  }

  private async look(): Promise<void> {
    const at = activeLine();
    setContext('forkscope.lineIsTraced', at !== undefined && (await this.ranAt(at)) !== undefined);
  }

  /** The session that knows a line, and the line as it has run. */
  private async ranAt({ uri, line }: EditorLine) {
    const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
    const known = document && (await this.files.of(document));
    const ran = known && this.lines.ranAt(document, known.session, line - 1);
    if (!document || !known || ran === undefined || !known.view.lines.includes(ran + 1)) return undefined;
    return { session: known.session, names: tracedNames(document.uri), line: ran + 1 };
  }

  private async reveal(at: EditorLine | undefined): Promise<void> {
    const ran = at && (await this.ranAt(at));
    const { session, names, line } = ran ?? {};
    if (!session?.reader || !names || line === undefined)
      throw new Error(vscode.l10n.t('No session of this window knows this line as it is now.'));
    const event = await session.reader.query('eventAt', { names, line });
    if (event === null) throw new Error(vscode.l10n.t('The trace does not tell when this line was run.'));
    const { thread: threadId, time } = event;
    await vscode.commands.executeCommand('forkscope.openTimeline', { dir: session.dir, threadId, time });
  }
}

function activeLine(): EditorLine | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor && { uri: editor.document.uri, line: editor.selection.active.line + 1 };
}

function isLine(value: unknown): value is EditorLine {
  if (typeof value !== 'object' || value === null) return false;
  return Reflect.get(value, 'uri') instanceof vscode.Uri && typeof Reflect.get(value, 'line') === 'number';
}
