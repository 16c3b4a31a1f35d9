import { writeWhole } from '../files/output-file.ts';
import { Session } from '../tail/session.ts';
import { type ExportContent, writeChrome } from './chrome.ts';
import { writePerfetto } from './perfetto.ts';
import { ExportTimeline } from './timeline.ts';

export type ExportFormat = 'chrome' | 'perfetto';

/**
 * Converts what is in a trace directory (a live one: so far) for other viewers. The file appears whole or not at all.
 * @throws TraceError when the trace can't be read, UserError when the file can't be written
 */
export function exportTrace(dir: string, output: string, format: ExportFormat, options: ExportContent): void {
  const session = Session.open(dir);
  try {
    const timeline = new ExportTimeline(session.model);
    writeWhole(output, (file) => {
      if (format === 'chrome') writeChrome(timeline, options, (text) => file.write(text));
      else writePerfetto(timeline, options, (bytes) => file.write(bytes));
    });
  } finally {
    session.close();
  }
}
