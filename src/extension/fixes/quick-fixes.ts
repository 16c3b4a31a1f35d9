import path from 'node:path';
import * as vscode from 'vscode';
import type { CallSite, Finding } from '../../model/types/index.ts';
import { loadTypeScript } from '../../session/typescript/load-transformer.ts';
import type { TracedLines } from '../lines/traced-lines.ts';
import type { KnownSession } from '../sessions/entry.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { siteUri } from '../workbench/reveal.ts';
import { type Fix, fixesOf, mayBeMended } from './fixes.ts';
import type { Locate } from './lock-order.ts';
import { Syntax } from './syntax.ts';

/** A file as it is in the editor now. */
interface Source {
  readonly document: vscode.TextDocument;
  readonly syntax: Syntax;
}

/** Edits of the user's code that mend a finding, where they are mechanical. */
export class QuickFixes {
  private readonly files: string;
  private readonly sessions: Sessions;
  private readonly lines: TracedLines;

  constructor(extension: vscode.Uri, sessions: Sessions, lines: TracedLines) {
    this.files = path.join(extension.fsPath, 'dist');
    this.sessions = sessions;
    this.lines = lines;
  }

  async of(dir: string, id: string): Promise<vscode.CodeAction[]> {
    const session = this.sessions.known(dir);
    const finding = session?.reader?.lastUpdate?.findings.find((one) => one.id === id);
    if (!session?.reader || !finding || !mayBeMended(finding)) return [];
    const sources = await this.sourcesOf(finding);
    const processes = await session.reader.query('processes', {}).catch(() => []);
    // The runtime itself catches what a process's target throws, tells it, and ends with code 1, as Node does.
    const threw = new Set(
      processes.flatMap(({ exitCode, threads }) =>
        threads
          .filter(({ error, threadId }) => error !== '' || (threadId === 0 && exitCode === 1))
          .map(({ id }) => id),
      ),
    );
    const fixes = fixesOf(finding, {
      locate: this.locator(session, sources),
      threw: (thread) => threw.has(thread),
    });
    return fixes.flatMap((fix) => actionOf(fix, sources));
  }

  private async sourcesOf(finding: Finding): Promise<Source[]> {
    const sites: Pick<CallSite, 'file'>[] = [
      ...finding.sites,
      ...finding.chain.flatMap(({ site }) => site ?? []),
    ];
    // What came with a trace is not edited.
    const uris = new Map(
      sites
        .flatMap((site) => siteUri(site) ?? [])
        .filter(({ scheme }) => scheme === 'file')
        .map((uri) => [uri.toString(), uri]),
    );
    const found = [...uris.values()].map(async (uri): Promise<Source[]> => {
      try {
        const document = await vscode.workspace.openTextDocument(uri);
        const typescript = loadTypeScript(this.files);
        return [{ document, syntax: new Syntax(typescript, uri.fsPath, document.getText()) }];
      } catch {
        // It is not on this machine any more.
        return [];
      }
    });
    return (await Promise.all(found)).flat().filter(({ syntax }) => syntax.whole);
  }

  private locator(session: KnownSession, sources: readonly Source[]): Locate {
    return (site) => {
      // Of what was only seen at a place before, an edit of that place may not be about this.
      if ('sampled' in site && site.sampled) return undefined;
      const uri = siteUri(site)?.toString();
      const source = sources.find(({ document }) => document.uri.toString() === uri);
      const line = source && this.lines.now(source.document, session, site.line - 1);
      return source && line !== undefined
        ? { syntax: source.syntax, line: line + 1, column: site.column }
        : undefined;
    };
  }
}

function actionOf({ title, syntax, changes }: Fix, sources: readonly Source[]): vscode.CodeAction[] {
  const document = sources.find((source) => source.syntax === syntax)?.document;
  if (!document) return [];
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.edit = new vscode.WorkspaceEdit();
  for (const { start, end, text } of changes) {
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    action.edit.replace(document.uri, range, text);
  }
  return [action];
}
