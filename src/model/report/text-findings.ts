import type { Finding, FindingSite, Report } from '../types/index.ts';
import { stackText } from '../words/index.ts';
import { type Styler, safe, wrap } from './layout.ts';

/** What is listed of one finding; the JSON has all. */
const MOST_LINKS = 12;
const MOST_SITES = 16;

/** All findings as text. */
export function findingLines(report: Report, styler: Styler, columns: number): string[] {
  const names = new Map(report.processes.map((process) => [process.id, safe(process.name)]));
  return report.findings.flatMap((finding, i) => [
    ...(i === 0 ? [] : ['']),
    ...oneFinding(finding, names, styler, columns),
  ]);
}

/** One finding: title, chain, places, explanation and fix. */
export function oneFinding(
  finding: Finding,
  names: ReadonlyMap<string, string>,
  styler: Styler,
  columns: number,
): string[] {
  const mark = finding.certainty === 'certain' ? styler.bad : styler.warn;
  const state = finding.blocking ? '' : ', not blocking now';
  const lines = [`  ${mark(`${finding.kind} (${finding.certainty}${state})`)}`];
  lines.push(...wrap(safe(finding.title), columns, '    ').map((line) => styler.name(line)));
  const { chain, sites } = finding;
  for (const { text } of chain.slice(0, MOST_LINKS)) lines.push(...wrap(`• ${safe(text)}`, columns, '    '));
  if (chain.length > MOST_LINKS) lines.push(styler.dim(`    … and ${chain.length - MOST_LINKS} more waits`));
  for (const site of sites.slice(0, MOST_SITES)) lines.push(...siteLines(site, names, styler, columns));
  if (sites.length > MOST_SITES) lines.push(styler.dim(`    … and ${sites.length - MOST_SITES} more places`));
  lines.push(...wrap(`Why: ${safe(finding.explanation)}`, columns, '    '));
  lines.push(...wrap(`Fix: ${safe(finding.fix)}`, columns, '    '));
  return lines;
}

/** The place, and below it the stack. */
function siteLines(
  site: FindingSite,
  names: ReadonlyMap<string, string>,
  styler: Styler,
  columns: number,
): string[] {
  const who = names.get(site.process) ?? site.process;
  const seen = site.sampled ? ' (last seen at)' : '';
  const place = styler.place(safe(`${site.file}:${site.line}:${site.column}`));
  const stack = safe(stackText(site));
  return [
    `    ${styler.dim(`${site.role.padEnd(8)} ${who}`)}  ${place}${seen}`,
    ...wrap(stack, columns, '             ').map((line) => styler.dim(line)),
  ];
}
