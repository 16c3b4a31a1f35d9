import { type Styler, safe, wrap } from './layout.ts';
import type { Report, ReportFinding, ReportFindingSite } from './types.ts';

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
  finding: ReportFinding,
  names: ReadonlyMap<string, string>,
  styler: Styler,
  columns: number,
): string[] {
  const mark = finding.certainty === 'certain' ? styler.bad : styler.warn;
  const state = finding.blocking ? '' : ', not blocking now';
  const lines = [`  ${mark(`${finding.kind} (${finding.certainty}${state})`)}`];
  lines.push(...wrap(safe(finding.title), columns, '    ').map((line) => styler.name(line)));
  for (const { text } of finding.chain) lines.push(...wrap(`• ${safe(text)}`, columns, '    '));
  for (const site of finding.sites) lines.push(siteLine(site, names, styler));
  lines.push(...wrap(`Why: ${safe(finding.explanation)}`, columns, '    '));
  lines.push(...wrap(`Fix: ${safe(finding.fix)}`, columns, '    '));
  return lines;
}

function siteLine(site: ReportFindingSite, names: ReadonlyMap<string, string>, styler: Styler): string {
  const who = names.get(site.process) ?? site.process;
  const seen = site.sampled ? ' (last seen at)' : '';
  const place = styler.place(safe(`${site.file}:${site.line}:${site.column}`));
  return `    ${styler.dim(`${site.role.padEnd(8)} ${who}`)}  ${place}${seen}`;
}
