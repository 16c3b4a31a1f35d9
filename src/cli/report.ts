import { jsonReport, textReport } from '../model/report/index.ts';
import { Session, writeWhole } from '../session/index.ts';
import type { ReportOptions } from './options.ts';

/** Says what happened in a trace directory; of a live one: so far. */
export function report(dir: string, { json }: ReportOptions): number {
  const session = Session.open(dir);
  try {
    if (json === undefined) process.stdout.write(textReport(session.model));
    else {
      const text = `${JSON.stringify(jsonReport(session.model), null, 2)}\n`;
      if (json === true) process.stdout.write(text);
      else writeWhole(json, (file) => file.write(text));
    }
  } finally {
    session.close();
  }
  return 0;
}
