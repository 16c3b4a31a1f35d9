import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import type { CallSite } from '../../model/types/index.ts';
import type { InspectedSite } from '../../protocol/inspector.ts';
import { COLORS } from '../workbench/contributions.ts';
import { siteUri } from '../workbench/reveal.ts';
import { onDidMapSources } from '../workbench/source-files.ts';

/** Marks the lines of an inspection in every editor that shows them. */
export class Highlights implements vscode.Disposable {
  private readonly all = new Disposables();
  private readonly waits: vscode.TextEditorDecorationType;
  private readonly acquired: vscode.TextEditorDecorationType;
  private sites: readonly InspectedSite[] = [];
  /** Editors whose decorations are set. VS Code moves decorations with edits; setting them again would put them on the old lines. */
  private readonly marked = new Set<vscode.TextEditor>();

  constructor(media: vscode.Uri) {
    const style = (background: string, border: string, icon: string) =>
      vscode.window.createTextEditorDecorationType({
        isWholeLine: true,
        backgroundColor: new vscode.ThemeColor(background),
        borderColor: new vscode.ThemeColor(border),
        borderStyle: 'solid',
        borderWidth: '1px 0 1px 4px',
        overviewRulerColor: new vscode.ThemeColor(border),
        overviewRulerLane: vscode.OverviewRulerLane.Full,
        gutterIconPath: vscode.Uri.joinPath(media, icon),
        gutterIconSize: '85%',
        rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
      });
    this.waits = this.all.add(style(COLORS.waitLine, COLORS.waitLineBorder, 'gutter-wait.svg'));
    this.acquired = this.all.add(
      style(COLORS.acquiredLine, COLORS.acquiredLineBorder, 'gutter-acquired.svg'),
    );
    this.all.add(vscode.window.onDidChangeVisibleTextEditors(() => this.markAll()));
    this.all.add(onDidMapSources(() => this.show(this.sites)));
  }

  show(sites: readonly InspectedSite[]): void {
    this.clear();
    this.sites = sites;
    this.markAll();
  }

  clear(): void {
    this.sites = [];
    for (const editor of this.marked) {
      editor.setDecorations(this.waits, []);
      editor.setDecorations(this.acquired, []);
    }
    this.marked.clear();
  }

  dispose(): void {
    this.all.dispose();
  }

  private markAll(): void {
    const visible = vscode.window.visibleTextEditors;
    for (const editor of this.marked) if (!visible.includes(editor)) this.marked.delete(editor);
    for (const editor of visible) if (!this.marked.has(editor)) this.mark(editor);
  }

  private mark(editor: vscode.TextEditor): void {
    const here = this.sites.filter((s) => isFileOf(editor.document, s.site));
    if (here.length === 0) return;
    const { document } = editor;
    editor.setDecorations(
      this.waits,
      decorations(
        document,
        here.filter((s) => s.role === 'waits'),
      ),
    );
    editor.setDecorations(
      this.acquired,
      decorations(
        document,
        here.filter((s) => s.role !== 'waits'),
      ),
    );
    this.marked.add(editor);
  }
}

/** One decoration a line, however many things happen there. */
function decorations(
  document: vscode.TextDocument,
  sites: readonly InspectedSite[],
): vscode.DecorationOptions[] {
  const lines = new Map<number, Set<string>>();
  for (const site of sites) {
    const line = lineOf(document, site);
    lines.set(line, (lines.get(line) ?? new Set()).add(site.text));
  }
  return [...lines].map(([line, texts]) => decoration(document, line, [...texts]));
}

function decoration(document: vscode.TextDocument, line: number, texts: string[]): vscode.DecorationOptions {
  return {
    range: document.lineAt(line).range,
    hoverMessage: texts.map((text) => new vscode.MarkdownString().appendText(text)),
    renderOptions: {
      after: {
        contentText: texts.join(' · '),
        color: new vscode.ThemeColor('editorCodeLens.foreground'),
        fontStyle: 'italic',
        margin: '0 0 0 3ch',
      },
    },
  };
}

/** A site's line in the document, from 0; the last one where the file has become shorter. */
export function lineOf(document: vscode.TextDocument, { site }: Pick<InspectedSite, 'site'>): number {
  return Math.min(Math.max(site.line - 1, 0), document.lineCount - 1);
}

function isFileOf(document: vscode.TextDocument, site: CallSite): boolean {
  return document.uri.toString() === siteUri(site)?.toString();
}
