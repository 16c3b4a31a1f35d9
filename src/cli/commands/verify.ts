import { readFileSync } from 'node:fs';
import { makeReport } from '../../model/report/index.ts';
import type { Report } from '../../model/types/index.ts';
import { EXIT, notAReport, Session } from '../../session/index.ts';
import { verifyReport } from '../../verify/index.ts';
import type { VerifyOptions } from '../arguments/options.ts';

/** Says of every proof whether the records of the trace bear it out. Exit code 0: they do. */
export function verify(dir: string, { report: file }: VerifyOptions): number {
  const verdicts = verifyReport(dir, file === undefined ? reportOf(dir) : readReport(file));
  for (const { finding, doubts } of verdicts) {
    process.stdout.write(
      `${doubts.length === 0 ? 'confirmed' : 'refused'}  ${finding.kind}: ${finding.title}\n`,
    );
    for (const doubt of doubts) process.stdout.write(`  • ${doubt}\n`);
  }
  const refused = verdicts.filter(({ doubts }) => doubts.length > 0).length;
  process.stdout.write(
    `${verdicts.length} proven, ${verdicts.length - refused} confirmed, ${refused} refused\n`,
  );
  return refused === 0 ? 0 : EXIT.refused;
}

function reportOf(dir: string): Report {
  const session = Session.open(dir);
  try {
    return makeReport(session.model, session.now);
  } finally {
    session.close();
  }
}

function readReport(file: string): Report {
  try {
    const report: Report = JSON.parse(readFileSync(file, 'utf8'));
    if (!Array.isArray(report?.findings) || !Array.isArray(report?.processes))
      throw new Error('it has no findings or processes');
    return report;
  } catch (cause) {
    throw notAReport(file, cause);
  }
}
