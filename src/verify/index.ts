import { openTrace } from '../trace/reader/open.ts';
import type { Claim, Claims } from './claims.ts';
import { Moment } from './moment.ts';
import { type Doubts, doubtsAbout } from './proofs.ts';

export { type Claims, readClaims } from './claims.ts';

/** What the check of one finding has come to. */
export interface Verdict {
  readonly finding: Claim;
  /** Empty: the trace bears the proof out. */
  readonly doubts: Doubts;
}

/**
 * Checks every proof of a report against the records of its trace, with none of the code by which the findings were made.
 * What is certain to have happened, and is no hang, has no proof and is left out.
 * @throws TraceError when the trace can't be read
 */
export function verifyReport(dir: string, report: Claims): readonly Verdict[] {
  const moments = new Map<number, Moment>();
  const verdicts: Verdict[] = [];
  for (const finding of report.findings) {
    if (finding.certainty !== 'certain' || (!finding.blocking && finding.proof === null)) continue;
    if (finding.proof === null) {
      verdicts.push({ finding, doubts: ['it has no proof'] });
      continue;
    }
    const { time } = finding.proof;
    let moment = moments.get(time);
    if (moment === undefined) {
      moment = momentOf(dir, time);
      moments.set(time, moment);
    }
    verdicts.push({ finding, doubts: doubtsAbout(finding.proof, report, moment) });
  }
  return verdicts;
}

function momentOf(dir: string, time: number): Moment {
  const moment = new Moment(time);
  const reader = openTrace(dir);
  try {
    reader.drain(moment);
  } finally {
    reader.close();
  }
  return moment;
}
