import { wayBelow } from '../../../base/paths.ts';
import type { Finding, Report } from '../../../model/types/index.ts';
import { wordsOf } from './words.ts';

/** The findings of a report as workflow commands of GitHub Actions, which shows them at their lines. */
export function githubOf(report: Report, root: string): string {
  return report.findings.map((finding) => `${commandOf(finding, root)}\n`).join('');
}

function commandOf(finding: Finding, root: string): string {
  const { certainty, blocking, title, sites } = finding;
  const level = certainty === 'certain' ? 'error' : blocking ? 'warning' : 'notice';
  const [site] = sites;
  const properties = [
    ...(site === undefined
      ? []
      : [
          `file=${property(wayBelow(root, site.file) ?? site.file)}`,
          `line=${site.line}`,
          `col=${site.column}`,
        ]),
    `title=${property(title)}`,
  ];
  return `::${level} ${properties.join(',')}::${data(wordsOf(finding))}`;
}

/** As GitHub's own toolkit escapes them: a line's end would end the command. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
