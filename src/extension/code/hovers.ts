import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { Labels } from '../../model/words/index.ts';
import type { TracedLines } from '../lines/traced-lines.ts';
import { type KnownFiles, SCRIPTS } from './known-files.ts';
import { hoverText } from './line-text.ts';

/** At a line where locks and channels are made or used: what they are, who has them, who waits, and how often. */
export function registerHovers(files: KnownFiles, lines: TracedLines): vscode.Disposable {
  return vscode.languages.registerHoverProvider(SCRIPTS, {
    async provideHover(document, { line }) {
      const known = await files.of(document);
      const ran = known && lines.ranAt(document, known.session, line);
      const place = ran === undefined ? undefined : known?.view.places.find((one) => one.line === ran + 1);
      const { reader, name, live } = known?.session ?? {};
      if (!place || !reader) return undefined;
      const [processes, things] = await Promise.all([
        reader.query('processes', {}),
        reader.query('resources', {}),
      ]);
      const text = hoverText(place, {
        labels: new Labels(l10n.t, { processes, ...things }),
        session: name ?? '',
        live: live === true,
        lastTime: reader.lastUpdate?.lastTime ?? 0,
      });
      const shown = new vscode.MarkdownString(text);
      return new vscode.Hover(shown, document.lineAt(line).range);
    },
  });
}
