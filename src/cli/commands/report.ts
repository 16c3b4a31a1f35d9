import { makeReport, reportLines } from '../../model/report/index.ts';
import type { Report } from '../../model/types/index.ts';
import { Session, writeWhole } from '../../session/index.ts';
import { findingOptionsOf, type ReportOptions } from '../arguments/options.ts';
import { columnsOf, stylerFor } from '../screen/terminal.ts';

/** Says what happened in a trace directory; of a live one: so far. */
export function report(dir: string, options: ReportOptions): number {
  const { json } = options;
  const reading = { findings: findingOptionsOf(options), timeline: false };
  const made = Session.read(dir, reading, ({ model, now }) => makeReport(model, now));
  if (json === undefined) process.stdout.write(reportText(made, process.stdout));
  else if (json === true || json === '-') process.stdout.write(reportJson(made));
  else writeWhole(json, (file) => file.write(reportJson(made)));
  return 0;
}

/** The report for people who look at `screen`. */
export function reportText(made: Report, screen: NodeJS.WriteStream): string {
  const lines = reportLines(made, { styler: stylerFor(screen), columns: columnsOf(screen) });
  return `${lines.join('\n')}\n`;
}

/** The report for programs; its schema is in the repository. */
export function reportJson(made: Report): string {
  return `${JSON.stringify(made, null, 2)}\n`;
}
