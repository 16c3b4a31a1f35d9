import { readFileSync } from 'node:fs';
import { makeReport, printable } from '../../model/report/index.ts';
import type { Report } from '../../model/types/index.ts';
import { EXIT, notAReport, Session } from '../../session/index.ts';
import { type Claims, readClaims, verifyReport } from '../../verify/index.ts';
import type { VerifyOptions } from '../arguments/options.ts';

/** Says of every proof whether the records of the trace bear it out. Exit code 0: they do. */
export function verify(dir: string, { report: file }: VerifyOptions): number {
  const verdicts = verifyReport(dir, file === undefined ? reportOf(dir) : readReport(file));
  for (const { finding, doubts } of verdicts) {
    const verdict = doubts.length === 0 ? 'confirmed' : 'refused';
    for (const line of [
      `${verdict}  ${finding.kind}: ${finding.title}`,
      ...doubts.map((doubt) => `  • ${doubt}`),
    ])
      process.stdout.write(`${printable(line)}\n`);
  }
  const refused = verdicts.filter(({ doubts }) => doubts.length > 0).length;
  process.stdout.write(
    `${verdicts.length} proven, ${verdicts.length - refused} confirmed, ${refused} refused\n`,
  );
  return refused === 0 ? 0 : EXIT.refused;
}

function reportOf(dir: string): Report {
  return Session.read(dir, { timeline: false }, ({ model, now }) => makeReport(model, now));
}

function readReport(file: string): Claims {
  try {
    const claims = readClaims(JSON.parse(readFileSync(file, 'utf8')));
    if (claims === undefined) throw new Error('it is not what forkscope report --json writes');
    return claims;
  } catch (cause) {
    throw notAReport(file, cause);
  }
}
