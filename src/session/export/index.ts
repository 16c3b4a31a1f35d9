import { makeReport } from '../../model/report/index.ts';
import type { Report } from '../../model/types/index.ts';
import { type OutputFile, writeWhole } from '../files/output-file.ts';
import { Session } from '../tail/session.ts';
import { writeChrome } from './chrome.ts';
import type { ExportContent } from './core/content.ts';
import { redactedReport } from './core/redact.ts';
import { ExportTimeline } from './core/timeline.ts';
import { githubOf } from './findings/github.ts';
import { junitOf } from './findings/junit.ts';
import { sarifOf } from './findings/sarif.ts';
import type { ExportFormat, FindingsFormat } from './formats.ts';
import { pageOf } from './html/page.ts';
import { writeOtlp } from './otlp/write.ts';
import { writePerfetto } from './perfetto.ts';

/** What the formats need beside the trace. */
export interface ExportOptions extends ExportContent {
  /** Paths are relative to this folder in formats that are about a checkout. */
  readonly root: string;
  /** Of Forkscope. */
  readonly version: string;
}

/**
 * Converts what is in a trace directory (a live one: so far) for other viewers. The file appears whole or not at all.
 * @throws TraceError when the trace can't be read, UserError when the file can't be written
 */
export function exportTrace(dir: string, output: string, format: ExportFormat, options: ExportOptions): void {
  const feed = { spans: format === 'otlp' };
  Session.read(dir, feed, (session) => writeWhole(output, (file) => WRITERS[format](session, options, file)));
}

/** Writes the findings of a report alone. */
export function findingsText(
  report: Report,
  format: FindingsFormat,
  { root, version }: ExportOptions,
): string {
  if (format === 'junit') return junitOf(report);
  return format === 'github'
    ? githubOf(report, root)
    : `${JSON.stringify(sarifOf(report, root, version), null, 2)}\n`;
}

type Writer = (session: Session, options: ExportOptions, file: OutputFile) => void;

const WRITERS: Readonly<Record<ExportFormat, Writer>> = {
  chrome: ({ model }, options, file) =>
    writeChrome(new ExportTimeline(model), options, (text) => file.write(text)),
  perfetto: ({ model }, options, file) =>
    writePerfetto(new ExportTimeline(model), options, (bytes) => file.write(bytes)),
  otlp: ({ model, head }, options, file) =>
    writeOtlp(new ExportTimeline(model), head?.session ?? '', options, (text) => file.write(text)),
  html: ({ model, now }, { redact }, file) => {
    const report = makeReport(model, now);
    file.write(pageOf(redact ? redactedReport(report) : report, model));
  },
  sarif: findingsIn('sarif'),
  junit: findingsIn('junit'),
  github: findingsIn('github'),
};

function findingsIn(format: FindingsFormat): Writer {
  return ({ model, now }, options, file) => file.write(findingsText(makeReport(model, now), format, options));
}
