// Each rule of findings is fired by a real program, and kept silent by the same one without the fault.
//
// `programs/KIND.mjs` takes `fault` or `fine`; `KIND.NAME.mjs` is another look-alike, and where it says `fires` also another program that
// has the fault. The first line says what is expected: `// certain`
// or `// suspected`, then `options:` with what `forkscope run` is given, `code:` with the exit code
// of the program without the fault where that is not 0; and `ends` where the program with the fault ends by itself. Else it is ended: by
// the launcher where the finding is certain (and not `stays`: it blocks nothing), and as by Ctrl-C when it is announced otherwise. A line with the comment `// named` has to be named.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { RULES } from '../../src/model/findings/rules/index.ts';
import type { Finding } from '../../src/model/types/index.ts';
import { readReport, run } from '../cli/support.ts';
import { ROOT, scratch, until } from '../session/support.ts';

const TIMEOUT = { timeout: 240_000 };
const PROGRAMS = path.join(ROOT, 'test/rules/programs');
/** What is suspected after 5 s is suspected after this, ms: the look-alikes go on by themselves after twice as long. */
const SUSPECT_AFTER = 1500;
/** Linux counts what stands in a pipe, and what a process that is not traced does. */
const isLinux = process.platform === 'linux';

interface Expected {
  readonly certainty: string;
  readonly options: readonly string[];
  /** Exit code of the program without the fault. */
  readonly code: number;
  /** The program with the fault ends by itself. */
  readonly ends: boolean;
  /** What is certain of it does not block it: the launcher does not end it. */
  readonly stays: boolean;
  /** A look-alike that has the fault where it is told so. */
  readonly fires: boolean;
  /** Lines that a finding has to name, from 1. */
  readonly named: readonly number[];
}

function expected(file: string): Expected {
  const lines = readFileSync(file, 'utf8').split('\n');
  const head = lines[0] ?? '';
  return {
    certainty:
      /^\/\/ (certain|suspected)\b/.exec(head)?.[1] ?? assert.fail(`${file} does not say what is expected`),
    options: /options: ([^;]+)/.exec(head)?.[1]?.split(' ') ?? [],
    code: Number(/code: (\d+)/.exec(head)?.[1] ?? 0),
    ends: /; ends\b/.test(head),
    stays: /; stays\b/.test(head),
    fires: /; fires\b/.test(head),
    named: lines.flatMap((line, i) => (line.includes('// named') ? [i + 1] : [])),
  };
}

/** Runs a program under trace to its end, or until the finding `announced` is; what its report has found. */
async function findings(
  t: TestContext,
  file: string,
  how: 'fault' | 'fine',
  { announced, options }: { announced?: string | undefined; options: readonly string[] },
): Promise<{ code: number | null; found: readonly Finding[]; said: string }> {
  const dir = scratch(t);
  const json = path.join(dir, 'report.json');
  const kept = ['--no-report', '--json', json, '--trace', path.join(dir, 'trace')];
  const ran = run(t, [...kept, '--threshold', `suspectAfter=${SUSPECT_AFTER}`, ...options, file, how], {
    cwd: dir,
  });
  let code: number | null | undefined;
  void ran.ended.then((end) => {
    code = end.code;
  });
  const isAnnounced = () =>
    announced !== undefined && new RegExp(`^ *${announced} \\((certain|suspected)`, 'm').test(ran.err());
  await until(`${announced ?? 'the end'} of ${how}`, () => code !== undefined || isAnnounced());
  // As Ctrl-C does: to the whole group, and so to processes that are not Forkscope's to end.
  if (code === undefined) process.kill(-(ran.child.pid ?? 0), 'SIGINT');
  await ran.ended;
  return { code: code ?? null, found: readReport(json).findings, said: ran.err() };
}

/** Lines of a file that findings of a report name. */
function linesOf(found: readonly Finding[], file: string): number[] {
  const sites = found.flatMap((finding) => finding.sites.flatMap((site) => [site, ...site.frames]));
  return sites.filter((site) => site.file === file).map((site) => site.line);
}

/** Those that are announced. */
function linesIn(said: string, file: string): number[] {
  return said
    .split(`${file}:`)
    .slice(1)
    .map((rest) => Number.parseInt(rest, 10));
}

/** The program that has the fault, and others that look as if they had. */
function alike(kind: string): string[] {
  return readdirSync(PROGRAMS).filter((name) => name.startsWith(`${kind}.`));
}

/** Whether a program uses the runtime. */
const usesRuntime = (file: string): boolean => /from 'forkscope'/.test(readFileSync(file, 'utf8'));

/** Tries the rules whose programs are of a sort, in two files for the sake of time. A rule without a program fails with both. */
export function tryRules(sort: 'of the runtime' | 'of plain Node'): void {
  describe(`each rule about programs ${sort}`, { concurrency: 3, skip: !isLinux && 'only on Linux' }, () => {
    for (const { kind } of RULES) {
      const file = path.join(PROGRAMS, `${kind}.mjs`);
      if (!existsSync(file)) it(`${kind} has a program that shows it`, () => assert.fail(file));
      else if (usesRuntime(file) === (sort === 'of the runtime')) tryRule(kind, file);
    }
  });
}

function tryRule(kind: string, file: string): void {
  it(`${kind}: a program that has the fault`, TIMEOUT, (t) => fires(t, kind, file));
  for (const look of alike(kind)) {
    const program = path.join(PROGRAMS, look);
    if (expected(program).fires) it(`${kind}: ${look} with it`, TIMEOUT, (t) => fires(t, kind, program));
    it(`${kind}: ${look} without it`, TIMEOUT, async (t) => {
      const { code: wanted, options } = expected(program);
      const { code, found, said } = await findings(t, program, 'fine', { options });
      assert.deepEqual(
        found.map((finding) => `${finding.kind} ${finding.certainty}: ${finding.title}`),
        [],
      );
      assert.equal(code, wanted, said);
    });
  }
}

/** A program has the fault, and it is told as expected, with its lines. */
async function fires(t: TestContext, kind: string, file: string): Promise<void> {
  const { certainty, ends, stays, options, named } = expected(file);
  // By the launcher, so that the report has to have all that stood then.
  const isKilled = certainty === 'certain' && !ends && !stays;
  const { found, said } = await findings(t, file, 'fault', {
    announced: ends || isKilled ? undefined : kind,
    options: isKilled ? ['--on-deadlock', 'kill', ...options] : options,
  });
  if (ends || isKilled) {
    const own = found.filter((finding) => finding.kind === kind).map((finding) => finding.certainty);
    assert.deepEqual(own, [certainty], `${said}\n${JSON.stringify(found.map((one) => one.kind))}`);
  } else {
    // Whether what was announced outlives a Ctrl-C is what the cases try.
    assert.match(said, new RegExp(`^ *${kind} \\(${certainty}`, 'm'));
  }
  const lines = [...linesOf(found, file), ...linesIn(said, file)];
  for (const line of named) assert.ok(lines.includes(line), `line ${line} is not named, but ${lines.join()}`);
}
