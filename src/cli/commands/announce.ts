import type { Finding, Model } from '../../model/index.ts';
import { makeReport, oneFinding, type Styler, safe, wrap } from '../../model/report/index.ts';

export interface AnnounceContext {
  /** Process id of the root process. */
  readonly pid: number;
  /** The program is about to be ended because of it. */
  readonly killing: boolean;
  /** The program has ended: only then was its last record read. */
  readonly ended: boolean;
  readonly styler: Styler;
  readonly columns: number;
}

/** A finding in words, at the moment when it happens, with how to go on now. */
export function announcement(finding: Finding, model: Model, now: number, context: AnnounceContext): string {
  const { styler, columns } = context;
  const report = makeReport(model, now);
  const reported = report.findings.find(({ id }) => id === finding.id);
  if (reported === undefined) return '';
  const names = new Map(report.processes.map(({ id, name }) => [id, safe(name)]));
  const lines = [
    styler.title(`forkscope: ${headline(finding)}`),
    ...oneFinding(reported, names, styler, columns),
  ];
  if (finding.blocking && !context.ended)
    lines.push(...wrap(`Now: ${nextStep(finding, context)}`, columns, '    '));
  return `${lines.join('\n')}\n`;
}

function headline({ blocking, certainty }: Finding): string {
  if (!blocking) return 'something that can go wrong';
  return certainty === 'certain' ? 'the program stands still' : 'the program may stand still';
}

function nextStep({ certainty }: Finding, { pid, killing }: AnnounceContext): string {
  if (certainty === 'certain' && killing) return 'the program is ended (--on-deadlock kill).';
  const stop = process.platform === 'win32' ? `taskkill /T /F /PID ${pid}` : `kill ${pid}`;
  const hint = certainty === 'certain' ? ' --on-deadlock kill ends such programs by itself.' : '';
  return `it still runs. Ctrl-C or \`${stop}\` ends it.${hint}`;
}
