import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding, Report } from '../../src/model/types/index.ts';
import { discard } from '../discard.ts';
import { differences } from '../programs/clean.ts';
import { withProgram } from '../programs/install.ts';
import { type RunResult, runProgram } from '../programs/run.ts';
import type { Runnable } from '../programs/types.ts';
import type { Suite } from './types.ts';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** Suites go by the clock: on a busy machine a pair of runs may differ by that alone. */
const PAIRS = 3;

export interface Verdict {
  /** Everything that is not as it must be, in words; empty: passed. */
  readonly failures: readonly string[];
  readonly untraced: RunResult;
  readonly traced: RunResult;
  readonly report: Report;
}

/**
 * Runs a suite without and with Forkscope, again where exit code or output differ. They have to be the same in one pair of
 * runs; what was found in any of them counts.
 * @param keep a folder for traces, reports and outputs
 */
export async function judge(suite: Suite, node: string, keep?: string): Promise<Verdict> {
  const runnable = runnableOf(suite);
  const temporary = keep ?? mkdtempSync(path.join(tmpdir(), 'forkscope-suites-'));
  try {
    return await withProgram(runnable, async (folder) => {
      const found = new Set<string>();
      for (let pair = 1; ; pair++) {
        const runs = await runPair(
          suite,
          runnable,
          folder,
          node,
          path.join(temporary, `${runnable.id}.${pair}`),
        );
        for (const words of unexpected(suite, runs.report)) found.add(words);
        const different = differences(runnable, runs.untraced, runs.traced);
        if (different.length === 0 || pair === PAIRS) return { ...runs, failures: [...found, ...different] };
      }
    });
  } finally {
    if (keep === undefined) discard(temporary);
  }
}

async function runPair(
  suite: Suite,
  runnable: Runnable,
  folder: string,
  node: string,
  base: string,
): Promise<Omit<Verdict, 'failures'>> {
  renew(suite, folder);
  const untraced = await runProgram(runnable, folder, node);
  renew(suite, folder);
  rmSync(base, { recursive: true, force: true });
  mkdirSync(base, { recursive: true });
  const out = path.join(base, 'report.json');
  const prefix = [node, CLI, 'run', '--trace', path.join(base, 'trace'), '--json', out, '--no-report', '--'];
  const traced = await runProgram(runnable, folder, node, { prefix });
  for (const [name, { stdout, stderr }] of Object.entries({ untraced, traced })) {
    writeFileSync(path.join(base, `${name}.stdout`), stdout);
    writeFileSync(path.join(base, `${name}.stderr`), stderr);
  }
  return { untraced, traced, report: JSON.parse(readFileSync(out, 'utf8')) as Report };
}

function runnableOf(suite: Suite): Runnable {
  const id = `suite-${suite.package.replaceAll(/\W+/g, '-')}`;
  return { limit: 600, ...suite, id, folder: suite.package.replaceAll('/', '-'), unordered: true };
}

/** A fresh copy of the package beside its dependencies: a suite leaves files behind, and its code is not an installed package's. */
function renew({ package: name, without = [] }: Suite, folder: string): void {
  const copy = path.join(folder, name.replaceAll('/', '-'));
  rmSync(copy, { recursive: true, force: true });
  cpSync(path.join(folder, 'node_modules', name), copy, { recursive: true });
  for (const [file] of without) rmSync(path.join(copy, file));
}

function unexpected({ found = {} }: Suite, { findings, problems, dropped, damaged }: Report): string[] {
  const kinds = Object.keys(found);
  const failures = findings.filter(({ kind }) => !kinds.includes(kind)).map(inWords);
  for (const kind of kinds) {
    if (!findings.some((finding) => finding.kind === kind)) failures.push(`${kind} was not found`);
  }
  // Suites crash and kill processes on purpose.
  const faults = problems.filter(({ code }) => code !== 'uncaughtException' && code !== 'trace-unended');
  for (const { code, message } of faults) failures.push(`problem ${code}: ${message}`);
  if (dropped > 0 || damaged > 0) failures.push(`${dropped} records dropped, ${damaged} damaged`);
  return failures;
}

function inWords({ kind, certainty, blocking, title }: Finding): string {
  return `found: ${kind} (${certainty}${blocking ? ', blocking' : ''}): ${title}`;
}
