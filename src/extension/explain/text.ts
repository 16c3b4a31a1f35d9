import * as l10n from '@vscode/l10n';
import { explanationOf } from '../../model/index.ts';
import type { Inspection } from '../../protocol/inspector.ts';
import { inspectedSites } from '../inspect/inspection.ts';
import { plain } from '../workbench/markdown.ts';

/**
 * A finding explained, as Markdown: what was found, why, and how it is mended, then what its kind is about.
 * @param uriOf where a line of code leads, '' for none
 */
export function explanationText(
  inspection: Inspection,
  kind: Parameters<typeof explanationOf>[0],
  uriOf: (site: { readonly file: string; readonly line: number }) => string,
): string {
  const { title, certainty, links, explanation, fix, words } = inspection;
  const places = new Map(inspectedSites(inspection).map((site) => [`${site.place} ${site.text}`, site]));
  const lines = [...places.values()].map(({ place, text, site }) => {
    const uri = uriOf(site);
    return `- ${uri === '' ? plain(place) : `[${plain(place)}](<${uri}>)`}: ${plain(text)}`;
  });
  const section = explanationOf(kind).replace(/^## .*\n*/, '');
  const part = (heading: string, body: readonly string[]) =>
    body.length === 0 ? [] : ['', `## ${plain(heading)}`, '', ...body];
  return [
    `# ${plain(title)}`,
    '',
    `**${plain(certainty)}** · \`${kind}\``,
    ...part(
      words.chain,
      links.map(({ text, since }, i) => `${i + 1}. ${plain(`${text} ${since}`)}`),
    ),
    ...part(l10n.t('Lines'), lines),
    ...part(words.why, [plain(explanation)]),
    ...part(words.fix, [plain(fix)]),
    ...part(l10n.t('About findings of this kind'), section === '' ? [] : [section]),
    '',
  ].join('\n');
}
