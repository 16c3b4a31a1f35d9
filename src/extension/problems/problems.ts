import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import { Throttle } from '../../base/throttle.ts';
import type { SessionUpdate } from '../../protocol/session.ts';
import { StillFound } from '../alerts/summary.ts';
import type { QuickFixes } from '../fixes/quick-fixes.ts';
import type { InspectRequest } from '../inspect/request.ts';
import type { TracedLines } from '../lines/traced-lines.ts';
import type { KnownSession } from '../sessions/entry.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { CommandId } from '../workbench/contributions.ts';
import { siteUri } from '../workbench/reveal.ts';
import { setting } from '../workbench/settings.ts';
import { onDidMapSources } from '../workbench/source-files.ts';
import { latestRuns, type Mark, type MarkedPlace, marksOf } from './marks.ts';

const SEVERITIES = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
} as const;

/** A finding at a line of an editor. */
class Problem extends vscode.Diagnostic {
  readonly request: InspectRequest;

  constructor(mark: Mark, dir: string, at: (site: MarkedPlace['site']) => vscode.Range) {
    super(at(mark.site), mark.message, SEVERITIES[mark.severity]);
    this.source = 'Forkscope';
    this.code = mark.kind;
    this.relatedInformation = mark.related.flatMap((place) => relatedOf(place, at));
    this.request = { dir, finding: mark.finding };
  }
}

/** Empty: the editor underlines the word that begins there. */
function rangeOf({ line, column }: MarkedPlace['site']): vscode.Range {
  const at = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
  return new vscode.Range(at, at);
}

function relatedOf(
  { site, text }: MarkedPlace,
  at: (site: MarkedPlace['site']) => vscode.Range,
): vscode.DiagnosticRelatedInformation[] {
  const uri = siteUri(site);
  return uri ? [new vscode.DiagnosticRelatedInformation(new vscode.Location(uri, at(site)), text)] : [];
}

/** Milliseconds after a change of a document before its problems move with their lines: typing is not held up. */
const MOVED_AFTER = 200;

/** What is known of one session. */
interface Shown {
  /** What its marks were made of. */
  readonly update: SessionUpdate | undefined;
  /** The same for updates with the same findings. */
  readonly signature: string;
  readonly marks: readonly Mark[];
}
const NOTHING: Shown = { update: undefined, signature: '[]', marks: [] };

/**
 * Findings in the list of problems and at their lines, with edits that mend them, *Inspect* and *Explain* as actions. They stay when
 * the program has ended, until it runs again or its session is removed from the tree.
 */
export class Problems implements vscode.Disposable, vscode.CodeActionProvider {
  private readonly all = new Disposables();
  private readonly sessions: Sessions;
  private readonly lines: TracedLines;
  private readonly fixes: QuickFixes;
  private readonly moved = this.all.add(
    new Throttle(
      async () => this.show(),
      () => MOVED_AFTER,
    ),
  );
  private readonly collection: vscode.DiagnosticCollection;
  private readonly lasting = new StillFound();
  private readonly shown = new Map<string, Shown>();
  private problems: readonly Problem[] = [];

  constructor(sessions: Sessions, lines: TracedLines, fixes: QuickFixes) {
    this.sessions = sessions;
    this.lines = lines;
    this.fixes = fixes;
    this.collection = this.all.add(vscode.languages.createDiagnosticCollection('forkscope'));
    this.all.add(
      vscode.languages.registerCodeActionsProvider({ scheme: 'file' }, this, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
    );
    this.all.add(sessions.onDidChange((session) => void this.update(session)));
    this.all.add(onDidMapSources(() => this.show()));
    const move = ({ uri }: vscode.TextDocument): void => {
      if (this.collection.has(uri)) this.moved.request();
    };
    this.all.add(vscode.workspace.onDidChangeTextDocument(({ document }) => move(document)));
    // Only of what is open it is known where its lines are now.
    this.all.add(vscode.workspace.onDidOpenTextDocument(move));
    this.all.add(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('forkscope.showProblems')) this.show();
      }),
    );
  }

  dispose(): void {
    this.all.dispose();
  }

  async provideCodeActions(
    _document: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    // The editor hands over copies: the problems themselves are found by what they say.
    const marked = this.problems.flatMap((problem) => {
      const shown = diagnostics.find((one) => isSame(one, problem));
      return shown ? [{ request: problem.request, shown }] : [];
    });
    const actions = marked.map(async ({ request, shown }) => {
      const fixes = await this.fixes.of(request.dir, request.finding);
      for (const fix of fixes) fix.diagnostics = [shown];
      return [
        ...fixes,
        commandAction('forkscope.inspect', vscode.l10n.t('Inspect who waits for whom'), request, shown),
        commandAction('forkscope.explain', vscode.l10n.t('Explain this finding'), request, shown),
      ];
    });
    return (await Promise.all(actions)).flat();
  }

  private async update(session: KnownSession | undefined): Promise<void> {
    if (session && !(await this.read(session))) return;
    this.show();
  }

  /** False: its findings are those that are shown already, or a later update has told others meanwhile. */
  private async read(session: KnownSession): Promise<boolean> {
    const { dir, reader } = session;
    const before = this.shown.get(dir) ?? NOTHING;
    const update = reader?.lastUpdate;
    if (update === undefined || update === before.update) return false;
    const findings = this.lasting.of(session, update.findings);
    const signature = JSON.stringify(
      findings.map(({ id, certainty, chain }) => [id, certainty, chain.length]),
    );
    this.shown.set(dir, { ...before, update, signature });
    if (signature === before.signature) return false;
    const names = await this.namesOf(session);
    const now = this.shown.get(dir);
    if (now?.signature !== signature) return false;
    const marks = findings.flatMap((finding) => marksOf(finding, (id) => names.get(id) ?? id));
    this.shown.set(dir, { ...now, marks });
    return true;
  }

  private async namesOf({ dir }: KnownSession): Promise<ReadonlyMap<string, string>> {
    try {
      const processes = await this.sessions.get(dir)?.query('processes', {});
      return new Map((processes ?? []).map(({ id, name }) => [id, name]));
    } catch {
      // The session was closed meanwhile, and is not shown.
      return new Map();
    }
  }

  private show(): void {
    const known = new Set(this.sessions.list().map(({ dir }) => dir));
    for (const dir of this.shown.keys()) if (!known.has(dir)) this.shown.delete(dir);
    const sessions = setting('showProblems') ? latestRuns(this.sessions.list()) : [];
    const located = sessions.flatMap((session) =>
      (this.shown.get(session.dir)?.marks ?? []).flatMap((mark) => {
        const uri = siteUri(mark.site);
        const at = (site: MarkedPlace['site']) => this.rangeOf(site, session);
        return uri ? [{ uri, problem: new Problem(mark, session.dir, at) }] : [];
      }),
    );
    this.problems = located.map(({ problem }) => problem);
    this.collection.clear();
    // Entries of one file are put together.
    this.collection.set(located.map(({ uri, problem }) => [uri, [problem]]));
  }

  /** Where a site is in its file as it is in the editor now. */
  private rangeOf(site: MarkedPlace['site'], session: KnownSession): vscode.Range {
    const uri = siteUri(site)?.toString();
    const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri);
    const line = document && this.lines.near(document, session, site.line - 1);
    return rangeOf(line === undefined ? site : { ...site, line: line + 1 });
  }
}

function isSame(one: vscode.Diagnostic, other: vscode.Diagnostic): boolean {
  return one.source === other.source && one.code === other.code && one.message === other.message;
}

function commandAction(
  command: CommandId,
  title: string,
  request: InspectRequest,
  shown: vscode.Diagnostic,
): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = [shown];
  action.command = { command, title, arguments: [request] };
  return action;
}
