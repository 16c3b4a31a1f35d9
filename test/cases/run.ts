import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Duplex, Readable, Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { plainEnvironment } from '../../scripts/lib/exec.mjs';
import { root } from '../../scripts/lib/parts.mjs';
import type { Report } from '../../src/model/types/index.ts';
import { verifyReport } from '../../src/verify/index.ts';
import { answer } from './answers.ts';
import type { Place } from './place.ts';
import { Attached, hasInEnvironment, type Stress, stressEnvironment } from './stress.ts';
import { type Case, type Line, markOf, type Outcome } from './types.ts';

/** A fine program must have ended by then, s; the second where a stress slows it down. */
const FINE_LIMIT = 100;
const STRESSED_LIMIT = 400;
/** A hang must have come to its last mark by then, s. */
const NEVER = 75;
/** What is sent when the time is up, and how long it may take before the next, s. Ctrl-C goes through the terminal. */
const STEPS = [
  ['Ctrl-C', 9],
  ['SIGTERM', 5],
  ['SIGKILL', 3],
] as const;
const RUN_MARK = 'FORKSCOPE_CASE_RUN';

export interface RunOptions {
  /** The Node that runs the program. */
  readonly node: string;
  /** More options of `forkscope run`. */
  readonly extra: readonly string[];
  /** Address of the service outside, which answers slowly. */
  readonly service: string;
  readonly stress?: Stress | undefined;
}

/**
 * Runs a program under `forkscope run` on a terminal of its own, with sockets as stdin, stdout and stderr (as Node gives its
 * children), until it ends or its time is up: then Ctrl-C, as from a user.
 */
export async function runCase(entry: Case, where: Place, options: RunOptions): Promise<Outcome> {
  const run = new CaseRun(entry, where, options);
  const debug = options.stress === 'debugger' ? new Attached(() => marked(run.mark)) : undefined;
  try {
    const code = await run.end();
    const report = reported(where);
    const doubts = report === null ? [] : doubtsAbout(where, report);
    return {
      lines: run.lines,
      interrupted: run.interrupted,
      code,
      findings: report?.findings ?? null,
      doubts,
    };
  } finally {
    debug?.end();
    endMarked(run.mark);
  }
}

function reported({ scratch }: Place): Report | null {
  try {
    return JSON.parse(readFileSync(path.join(scratch, 'report.json'), 'utf8'));
  } catch {
    return null;
  }
}

/** What the records of the trace do not bear out of what is said to be proven. */
function doubtsAbout({ scratch }: Place, report: Report): readonly string[] {
  return verifyReport(path.join(scratch, 'trace'), report).flatMap(({ finding, doubts }) =>
    doubts.map((doubt) => `${finding.kind}: ${doubt}`),
  );
}

class CaseRun {
  readonly mark = `case-${randomUUID()}`;
  readonly lines: Line[] = [];
  /** When Ctrl-C was sent, s since the start. */
  interrupted: number | null = null;
  readonly #entry: Case;
  readonly #child: ChildProcess;
  readonly #start = performance.now();
  #steps = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(entry: Case, where: Place, options: RunOptions) {
    this.#entry = entry;
    this.#child = this.#spawn(where, options);
    const [, , , , out, err] = this.#child.stdio as readonly unknown[];
    this.#read(out as Readable, 'out');
    this.#read(err as Readable, 'err');
    this.#arm(this.#firstLimit(options.stress));
  }

  end(): Promise<number | null> {
    return new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (code) => {
        clearTimeout(this.#timer);
        // What is left in the pipes comes now; who was left behind may hold them open for ever.
        const patience = setTimeout(() => resolve(code), 1_500);
        this.#child.once('close', () => {
          clearTimeout(patience);
          resolve(code);
        });
      });
    });
  }

  #spawn({ folder, scratch }: Place, { node, extra, service, stress }: RunOptions): ChildProcess {
    const { id, file, cmd, args = [], env = {}, options = [] } = this.#entry;
    const program = cmd ? ['--', ...cmd] : ['--node', node, path.basename(file ?? id), ...args];
    const files = ['--json', path.join(scratch, 'report.json'), '--trace', path.join(scratch, 'trace')];
    const command = [process.execPath, path.join(root, 'dist/cli.js'), 'run', ...files, ...options, ...extra];
    const line = [...command, ...program].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    // `script` makes the terminal; the program's own stdio are the sockets behind it.
    const inner = `exec 0<&3 1>&4 2>&5 3<&- 4>&- 5>&-; exec ${line}`;
    return spawn('script', ['-qfec', inner, '/dev/null'], {
      cwd: folder,
      env: {
        ...cleanEnvironment(node),
        SHELL: '/bin/sh',
        [RUN_MARK]: this.mark,
        EXT_URL: service,
        TMPDIR: scratch,
        NO_COLOR: '1',
        ...stressEnvironment(stress, scratch),
        ...env,
      },
      stdio: ['pipe', 'ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
      detached: true,
    });
  }

  #firstLimit(stress: Stress | undefined): number {
    const { kind, input, seconds = FINE_LIMIT } = this.#entry;
    if (kind === 'fine') return input?.interrupt ?? (stress === undefined ? FINE_LIMIT : STRESSED_LIMIT);
    return kind === 'hang' && markOf(this.#entry) !== null ? NEVER : seconds;
  }

  #read(stream: Readable, from: 'out' | 'err'): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#heard(from, stripVTControlCharacters(line.replace(/\r$/, '')));
    });
    stream.on('end', () => rest !== '' && this.#heard(from, stripVTControlCharacters(rest)));
    stream.on('error', () => {});
  }

  #heard(from: Line['from'], text: string): void {
    this.lines.push({ time: (performance.now() - this.#start) / 1000, from, text });
    const { kind, seconds = 0, input } = this.#entry;
    if (from === 'run') return;
    if (kind === 'hang' && this.interrupted === null && markOf(this.#entry)?.test(text)) this.#arm(seconds);
    const ask = /^@ask (\w+) ?(\S*) ?(\S*)/.exec(text);
    if (ask === null) return;
    const [, what = '', a = '', b = ''] = ask;
    const stdin = (this.#child.stdio as readonly unknown[])[3] as Duplex;
    setTimeout(
      () => answer(what, a, b, stdin).catch((error) => this.#heard('run', `input failed: ${error}`)),
      (input?.after ?? 9) * 1000,
    ).unref();
  }

  #arm(seconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#step(), seconds * 1000);
  }

  #step(): void {
    const [name, patience] = STEPS[Math.min(this.#steps++, STEPS.length - 1)] ?? STEPS[2];
    this.#heard('run', `sent ${name}`);
    this.interrupted ??= (performance.now() - this.#start) / 1000;
    if (name === 'Ctrl-C') (this.#child.stdin as Writable).write('\x03');
    else endMarked(this.mark, name);
    this.#arm(patience);
  }
}

/** The user's environment on the given Node, without what makes programs behave differently. */
function cleanEnvironment(node: string): Record<string, string> {
  const dropped = /^(FORKSCOPE_|NODE_|npm_|VSCODE_|JEST_|VITEST|CI$)/;
  const kept = Object.entries(plainEnvironment()).filter(
    ([name, value]) => value !== undefined && !dropped.test(name),
  );
  const own = Object.fromEntries(kept) as Record<string, string>;
  return { ...own, PATH: `${path.dirname(node)}${path.delimiter}${own.PATH ?? ''}` };
}

/** Ends, by pid, what a run has started and left behind. */
function endMarked(mark: string, signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): void {
  for (const pid of marked(mark)) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** What a run has started: it has the run's mark in its environment. */
function marked(mark: string): number[] {
  const pids = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  return pids
    .map(Number)
    .filter((pid) => pid !== process.pid && hasInEnvironment(pid, `${RUN_MARK}=${mark}`));
}
