import {
  FINDING_KINDS,
  type Finding,
  NO_THREADS,
  PLAIN,
  parallelStacks,
  reportLines,
  stackGroupLines,
} from '../model/index.ts';
import { placeText } from '../model/words/index.ts';
import type { Asked } from './traces.ts';

/** Rows of each table of a report, and waits and findings of a list: an agent reads all that it is given. */
const MOST_ROWS = 60;
const MOST_WAITS = 200;
const MOST_PLACES = 16;

/** What happened, as the command line says it. */
export function reportAnswer({ report }: Asked): string {
  return reportLines(report, { styler: PLAIN, columns: 120, mostRows: MOST_ROWS }).join('\n');
}

/** Findings as data, with their chains, places, fixes and proofs. */
export function findingsAnswer({ report }: Asked, kind?: string): object {
  const wanted = report.findings.filter((finding) => kind === undefined || finding.kind === kind);
  const names = new Map(report.processes.map(({ id, name }) => [id, name]));
  return {
    count: wanted.length,
    findings: wanted.slice(0, MOST_ROWS).map((finding) => findingOf(finding, names)),
  };
}

function findingOf(finding: Finding, names: ReadonlyMap<string, string>): object {
  const { kind, certainty, blocking, title, explanation, fix, chain, sites, processes, proof } = finding;
  return {
    ...{ kind, certainty, blocking, title, explanation, fix },
    processes: processes.map((id) => names.get(id) ?? id),
    waits: chain.slice(0, MOST_PLACES).map(({ text }) => text),
    places: sites.slice(0, MOST_PLACES).map(({ role, process, file, line, column, frames }) => ({
      ...{ role, process: names.get(process) ?? process, file, line, column },
      stack: frames.map(
        (frame) => `${frame.package || frame.fn || '<anonymous>'} ${frame.file}:${frame.line}`,
      ),
    })),
    proof:
      proof?.members.slice(0, MOST_PLACES).map(({ process, stands, needs }) => ({
        ...{ process: names.get(process) ?? process, stands },
        needs: needs.map(({ text }) => text),
      })) ?? null,
  };
}

/** Where every thread stands, equal stacks merged. */
export function stacksAnswer({ session, told }: Asked): string {
  return stackGroupLines(parallelStacks(told(session.model.standings()))).join('\n');
}

/** Who waits for what and whom, one line a wait, and the chains of what was found. */
export function blocksAnswer({ session, report, told }: Asked): string {
  const standings = told(session.model.standings());
  const lines = standings.map(({ who, doing, frames, count }) => {
    const [nearest] = frames;
    const at = nearest === undefined ? '' : ` at ${placeText(nearest)}`;
    return `${who}: ${doing}${at}${count > 1 ? ` (${count} times)` : ''}`;
  });
  const chains = report.findings.filter(({ chain }) => chain.length > 0);
  return [
    ...lines.slice(0, MOST_WAITS),
    ...(lines.length > MOST_WAITS ? [`… and ${lines.length - MOST_WAITS} more`] : []),
    ...(lines.length === 0 ? [NO_THREADS] : []),
    ...chains
      .slice(0, MOST_ROWS)
      .flatMap(({ kind, certainty, title, chain }) => [
        '',
        `${kind} (${certainty}): ${title}`,
        ...chain.slice(0, MOST_PLACES).map(({ text }) => `  ${text}`),
      ]),
  ].join('\n');
}

export { FINDING_KINDS };
