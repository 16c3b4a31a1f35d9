import type { Case, Expectation, JudgedFinding, JudgedSite, Judgement, Line, Outcome } from './types.ts';
import { markOf } from './types.ts';

/** A finding that comes later after the hang was complete is late, s. */
const LATE = 8;
/** A line may reach the reader so much after the moment it speaks of, s. */
const SLACK = 0.5;

const HEAD = /^\s*forkscope: (.*)$/;
const KIND = /^\s+([a-z]+(?:-[a-z0-9]+)+) \((certain|suspected)\b/;

/** A finding as stderr told it while the program ran. */
interface Announcement {
  readonly time: number;
  readonly kind: string;
  readonly certainty: string;
  readonly blocking: boolean;
}

export function judge(entry: Case, outcome: Outcome): Judgement {
  const { findings, code, interrupted } = outcome;
  if (findings === null) return { verdict: 'ERROR', kinds: [], notes: [`no JSON, exit ${code}`] };
  const told = announcements(outcome.lines).filter(
    (a) => interrupted === null || a.time <= interrupted + 0.3,
  );
  if (outcome.doubts.length > 0)
    return { verdict: 'FALSE', kinds: [], notes: outcome.doubts.map((doubt) => `not proven: ${doubt}`) };
  const kinds = findings.map(({ kind, certainty }) => `${kind}${certainty === 'certain' ? '' : '?'}`);
  if (entry.kind === 'fine') return { kinds, ...judgeFine(entry, outcome, findings, told) };
  return { kinds, ...(judgeOutput(entry, outcome) ?? judgeFindings(entry, outcome, findings, told)) };
}

type Verdicts = Omit<Judgement, 'kinds'>;

/** Where the program's own output decides, or it was not run as meant. */
function judgeOutput(entry: Case, { lines, interrupted, code }: Outcome): Verdicts | null {
  const { expect, kind, options = [] } = entry;
  const text = lines.map((line) => line.text).join('\n');
  if (expect.facts !== undefined) {
    const seen = expect.factsWords !== undefined && new RegExp(expect.factsWords, 'i').test(text);
    return { verdict: 'FACTS', notes: [expect.factsWords === undefined ? '?' : seen ? 'yes' : 'no'] };
  }
  if (expect.output !== undefined && new RegExp(expect.output).test(text))
    return { verdict: 'PASS', notes: ['said by the runtime itself'] };
  if (kind !== 'hang') return null;
  if (interrupted === null && !options.includes('--on-deadlock'))
    return { verdict: 'ERROR', notes: [`did not hang: ended by itself, exit ${code}`] };
  if (markOf(entry) !== null && completion(entry, { lines, interrupted }) === null)
    return { verdict: 'ERROR', notes: ['never came to its hang'] };
  return null;
}

/** When the program last said that it hangs now, s. */
function completion(
  entry: Case,
  { lines, interrupted }: Pick<Outcome, 'lines' | 'interrupted'>,
): number | null {
  const mark = markOf(entry);
  // What is started anew while it is ended says so too.
  const before = interrupted ?? Number.POSITIVE_INFINITY;
  const marks = lines.filter(({ from, text, time }) => from !== 'run' && time < before && mark?.test(text));
  return marks.at(-1)?.time ?? null;
}

function judgeFindings(
  entry: Case,
  outcome: Outcome,
  findings: readonly JudgedFinding[],
  told: readonly Announcement[],
): Verdicts {
  const { expect, kind } = entry;
  const hangs = kind === 'hang';
  const complete = completion(entry, outcome);
  const notes = [...keepingNotes(findings, told), ...(hangs ? earlyNotes(told, complete) : [])];
  const kindsTold = new Set(told.map((a) => a.kind));
  // In a hang only what was said before Ctrl-C was of use; a hazard or a crash may be told at the end.
  const live = hangs ? findings.filter((f) => kindsTold.has(f.kind)) : findings;
  const good = live.find((f) => faults(f, expect).length === 0);
  if (good !== undefined) return judgeGood(entry, outcome, good, told, complete, notes);
  if (hangs && findings.some((f) => faults(f, expect).length === 0))
    return { verdict: 'LATE', notes: ['only at the end', ...notes] };
  const [wrong] = live.map((f) => faults(f, expect)).sort((a, b) => a.length - b.length);
  if (wrong !== undefined) return { verdict: 'WEAK', notes: [`wrong ${wrong.join(', ')}`, ...notes] };
  return { verdict: notes.some((note) => note.startsWith('lost:')) ? 'LOST' : 'MISS', notes };
}

function judgeGood(
  { expect, kind }: Case,
  { code }: Outcome,
  good: JudgedFinding,
  told: readonly Announcement[],
  complete: number | null,
  notes: readonly string[],
): Verdicts {
  const all = expect.allLines ?? expect.lines ?? [];
  const lines = all.length > 0 ? [`lines ${named(good, all).length}/${all.length}`] : [];
  if (expect.exit !== undefined && code !== expect.exit)
    return { verdict: 'WEAK', notes: [`exit ${code}, not ${expect.exit}`, ...lines, ...notes] };
  if (kind !== 'hang' || complete === null) return { verdict: 'PASS', notes: [...lines, ...notes] };
  const times = told.filter((a) => a.kind === good.kind).map((a) => a.time);
  const after =
    Math.min(...times.filter((time) => time >= complete - SLACK), times.at(-1) ?? complete) - complete;
  return { verdict: after > LATE ? 'LATE' : 'PASS', notes: [`+${after.toFixed(1)} s`, ...lines, ...notes] };
}

/**
 * How long after the hang was complete it was first called certain on stderr, s, and of which kind; `null`: it was not, or when it
 * was complete is not known.
 */
export function announcedAfter(
  entry: Case,
  outcome: Outcome,
): { readonly kind: string; readonly seconds: number } | null {
  const complete = completion(entry, outcome);
  if (complete === null) return null;
  const before = outcome.interrupted ?? Number.POSITIVE_INFINITY;
  const first = announcements(outcome.lines).find(
    ({ time, certainty }) => certainty === 'certain' && time >= complete - SLACK && time < before,
  );
  return first === undefined ? null : { kind: first.kind, seconds: Math.max(0, first.time - complete) };
}

/** What was announced and is not in the JSON, or only with less certainty. */
function keepingNotes(findings: readonly JudgedFinding[], told: readonly Announcement[]): string[] {
  const kept = new Set(findings.map((f) => f.kind));
  const certain = new Set(findings.filter((f) => f.certainty === 'certain').map((f) => f.kind));
  const lost = unique(told.map((a) => a.kind)).filter((kind) => !kept.has(kind));
  const weakened = unique(told.filter((a) => a.certainty === 'certain').map((a) => a.kind)).filter(
    (kind) => kept.has(kind) && !certain.has(kind),
  );
  return [...lost.map((kind) => `lost:${kind}`), ...weakened.map((kind) => `weakened:${kind}`)];
}

function earlyNotes(told: readonly Announcement[], complete: number | null): string[] {
  if (complete === null) return [];
  const early = told.filter((a) => a.certainty === 'certain' && a.time < complete - SLACK);
  return unique(early.map((a) => a.kind)).map((kind) => `early:${kind}`);
}

function judgeFine(
  { expect, input }: Case,
  { code, interrupted }: Outcome,
  findings: readonly JudgedFinding[],
  told: readonly Announcement[],
): Verdicts {
  const allowed = typeof expect.findings === 'object' ? expect.findings : {};
  const isBad = ({
    kind,
    certainty,
    blocking,
  }: Pick<JudgedFinding, 'kind' | 'blocking'> & { certainty: string }) =>
    (certainty === 'certain' && allowed[kind] !== 'certain') || (blocking && !(kind in allowed));
  const bad = unique(
    [...told, ...findings]
      .filter(isBad)
      .map(({ kind, certainty, blocking }) => `${kind} (${certainty}${blocking ? ', blocking' : ''})`),
  );
  if (code === 3) bad.push('KILLED');
  else if (interrupted !== null && input?.interrupt === undefined) bad.push('did not end');
  else if (expect.exit !== undefined && code !== expect.exit) bad.push(`exit ${code}, not ${expect.exit}`);
  if (bad.length > 0) return { verdict: 'FALSE', notes: bad };
  const odd = unique([...told, ...findings].map(({ kind }) => kind)).filter((kind) => !(kind in allowed));
  return { verdict: odd.length > 0 ? 'WEAK' : 'PASS', notes: odd };
}

/** What was said on stderr while it ran. */
function announcements(lines: readonly Line[]): Announcement[] {
  const err = lines.filter(({ from }) => from === 'err');
  return err.flatMap(({ time, text }, index) => {
    const kind = KIND.exec(text);
    const head = HEAD.exec(err[index - 1]?.text ?? '');
    if (kind === null || head === null) return [];
    return [
      { time, kind: kind[1] ?? '', certainty: kind[2] ?? '', blocking: head[1]?.includes('stand') ?? false },
    ];
  });
}

/** What is wrong with a finding; empty: nothing. */
function faults(finding: JudgedFinding, expect: Expectation): string[] {
  const said = `${finding.title} ${finding.explanation}`.replaceAll(/\s+/g, ' ');
  return [
    ...(expect.lines && named(finding, expect.lines).length === 0 ? ['line'] : []),
    ...(expect.words !== undefined && !new RegExp(expect.words, 'i').test(said) ? ['words'] : []),
    ...(expect.certainty === 'certain' && finding.certainty !== 'certain' ? ['certainty'] : []),
    ...(expect.blocking && !finding.blocking ? ['blocking'] : []),
  ];
}

function named(finding: JudgedFinding, lines: readonly string[]): string[] {
  const sites = finding.sites.flatMap((site): JudgedSite[] => [site, ...(site.frames ?? [])]);
  return lines.filter((line) => {
    const [, file = '', number = ''] = /^(.*):(\d+)$/.exec(line) ?? [];
    return sites.some((site) => site.line === Number(number) && `/${site.file}`.endsWith(`/${file}`));
  });
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}
