/** A program that hangs, goes wrong, or only looks so, and what Forkscope must say of it (`manifest.json`). */
export interface Case {
  readonly id: string;
  /** The script, relative to `test/fixtures/cases`; without it `cmd` is run. */
  readonly file?: string;
  readonly cmd?: readonly string[];
  /** Folder of the program where it is more than one file, relative to `test/fixtures/cases`. */
  readonly folder?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Options of `forkscope run`. */
  readonly options?: readonly string[];
  /** `hazard`: no hang, but something that can be seen is wrong; `crash`: ends by an error; `fine`: nothing is wrong. */
  readonly kind: 'hang' | 'hazard' | 'crash' | 'fine';
  /** Does it use Forkscope's runtime, or plain Node? */
  readonly runtime: 'forkscope' | 'node';
  /** Major versions of Node that it is for. */
  readonly nodes: readonly number[];
  /** npm packages at fixed versions; the folder's `package.json` names the same. */
  readonly packages?: Readonly<Record<string, string>>;
  /** How long a hang stands after its last mark before Ctrl-C; the most that a hazard or a crash may take; s. */
  readonly seconds?: number;
  /** A regular expression for the line that says that it hangs now (`^@hang`); `null`: none does, time counts from the start. */
  readonly mark?: string | null;
  readonly input?: Input;
  readonly expect: Expectation;
  /** What is really wrong. */
  readonly why: string;
}

export interface Input {
  /** After so many seconds a line `@ask WHAT …` of the program is answered. */
  readonly after?: number;
  readonly ask?: string;
  readonly http?: string;
  /** Ctrl-C after so many seconds. */
  readonly interrupt?: number;
}

export interface Expectation {
  /** `file:line`, of which one must be among the sites of a finding. */
  readonly lines?: readonly string[];
  readonly allLines?: readonly string[];
  /** A regular expression for a finding's title and explanation. */
  readonly words?: string;
  readonly certainty?: 'certain';
  readonly blocking?: boolean;
  /** Of fine programs: that of the untraced program. */
  readonly exit?: number;
  /** The program's own output says it. */
  readonly output?: string;
  /** No finding can be expected, only a fact in the output, which `factsWords` matches. */
  readonly facts?: string;
  readonly factsWords?: string;
  /** Of fine programs: none, or the kinds that docs/findings.md allows, with their certainty. */
  readonly findings?: 'none' | Readonly<Record<string, 'certain' | 'suspected'>>;
}

/** A line that was seen during a run. */
export interface Line {
  /** s since the start. */
  readonly time: number;
  readonly from: 'out' | 'err' | 'run';
  readonly text: string;
}

/** The parts of a finding in the JSON report that are judged. */
export interface JudgedFinding {
  readonly kind: string;
  readonly certainty: 'certain' | 'suspected';
  readonly blocking: boolean;
  readonly title: string;
  readonly explanation: string;
  readonly sites: readonly JudgedSite[];
  readonly proof: { readonly members: readonly { readonly stands: string }[] } | null;
}
export interface JudgedSite {
  readonly file: string;
  readonly line: number;
  readonly frames?: readonly JudgedSite[];
}

/** What a run of a case brought. */
export interface Outcome {
  readonly lines: readonly Line[];
  /** When Ctrl-C was sent, s; `null`: it ended by itself. */
  readonly interrupted: number | null;
  readonly code: number | null;
  /** `null`: there is no JSON report. */
  readonly findings: readonly JudgedFinding[] | null;
  /** What the trace does not bear out of its proofs, in words. */
  readonly doubts: readonly string[];
}

/**
 * PASS: as expected. WEAK: a finding, but without the right line, words or certainty; of a fine program: a suspicion that does
 * not say that it hangs. MISS: silence. LATE: the right finding, but too late. FALSE: a fine program accused, killed or
 * changed. LOST: announced while it hung, and missing in the JSON. FACTS: nothing but facts can be expected. ERROR: it could
 * not be run as meant.
 */
export type Verdict = 'PASS' | 'WEAK' | 'MISS' | 'LATE' | 'FALSE' | 'LOST' | 'FACTS' | 'ERROR';

export interface Judgement {
  readonly verdict: Verdict;
  /** The findings' kinds; `?`: suspected. */
  readonly kinds: readonly string[];
  readonly notes: readonly string[];
  /** What program and Forkscope wrote last. */
  readonly said?: readonly Line[];
}

/** The line by which a program says that it hangs now; `null`: it does not. */
export function markOf({ mark }: Case): RegExp | null {
  return mark === null ? null : new RegExp(mark ?? '^@hang');
}
