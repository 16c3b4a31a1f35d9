import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import { Throttle } from '../../base/throttle.ts';
import type { ThingAtLine } from '../../model/types/index.ts';
import { Labels } from '../../model/words/index.ts';
import type { TracedLines } from '../lines/traced-lines.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { setting, settings } from '../workbench/settings.ts';
import { type KnownFiles, SCRIPTS } from './known-files.ts';
import { lensText } from './line-text.ts';

/** Least time between two refreshes, ms: lines that jump while one reads are worse than counts that are a little old. */
const REFRESHED_AFTER = 1000;

/** Above lines where contended locks and busy channels are made or taken: how often, and how long was waited. */
export class CodeLenses implements vscode.Disposable, vscode.CodeLensProvider {
  private readonly all = new Disposables();
  private readonly files: KnownFiles;
  private readonly lines: TracedLines;
  private readonly changes = this.all.add(new vscode.EventEmitter<void>());
  readonly onDidChangeCodeLenses = this.changes.event;

  constructor(sessions: Sessions, files: KnownFiles, lines: TracedLines) {
    this.files = files;
    this.lines = lines;
    const refresh = this.all.add(
      new Throttle(
        async () => this.changes.fire(),
        () => Math.max(REFRESHED_AFTER, settings().refreshInterval),
      ),
    );
    this.all.add(sessions.onDidChange(() => refresh.request()));
    this.all.add(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('forkscope.showCodeLens')) this.changes.fire();
      }),
    );
    this.all.add(vscode.languages.registerCodeLensProvider(SCRIPTS, this));
  }

  dispose(): void {
    this.all.dispose();
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!setting('showCodeLens', document.uri)) return [];
    const known = await this.files.of(document);
    return (known?.view.places ?? []).flatMap((place) => {
      const title = known ? lensText(place, nameOf) : '';
      const line =
        title === '' || !known ? undefined : this.lines.now(document, known.session, place.line - 1);
      if (line === undefined) return [];
      const command = {
        title,
        command: 'forkscope.revealInTimeline',
        tooltip: l10n.t('Reveal in the timeline'),
        arguments: [{ uri: document.uri, line: line + 1 }],
      };
      return [new vscode.CodeLens(new vscode.Range(line, 0, line, 0), command)];
    });
  }
}

function nameOf({ resource, channel }: ThingAtLine): string {
  const resources = resource ? [resource] : [];
  const channels = channel ? [channel] : [];
  const labels = new Labels(l10n.t, { processes: [], resources, channels });
  return labels.resource((resource ?? channel)?.id ?? '');
}
