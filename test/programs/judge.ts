import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../src/model/types/index.ts';
import { discard } from '../discard.ts';
import { cleaned, differences } from './clean.ts';
import { reset } from './install.ts';
import { countsOf, unpairedChannels } from './report.ts';
import { runProgram } from './run.ts';
import {
  COUNTS,
  type Counts,
  type Expectation,
  type Expected,
  type NodeMajor,
  type Program,
} from './types.ts';

/** The stream of a main thread ends in `.0`. */
const MAIN_THREAD = /\.0: /;
const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface Verdict {
  /** Everything that is not as it must be, in words; empty: passed. */
  readonly failures: readonly string[];
  readonly counts: Counts | null;
  readonly untracedSeconds: number;
  readonly tracedSeconds: number;
  readonly report: Report | null;
}

/** What a program must show on one Node version. */
export function expectationOf(program: Program, major: NodeMajor): Expectation {
  return { ...program.expect, ...program.expectOn?.[major] };
}

/** Runs a program without and with Forkscope and compares: the output with each other, the report with what is known. */
export async function judge(
  program: Program,
  folder: string,
  node: string,
  major: NodeMajor,
): Promise<Verdict> {
  reset(program, folder);
  const untraced = await runProgram(program, folder, node);
  const temporary = mkdtempSync(path.join(tmpdir(), 'forkscope-programs-'));
  try {
    reset(program, folder);
    const out = path.join(temporary, 'out.json');
    const cli = [
      node,
      CLI,
      'run',
      '--trace',
      path.join(temporary, 'trace'),
      '--json',
      out,
      '--no-report',
      '--',
    ];
    const traced = await runProgram(program, folder, node, { prefix: cli });
    const report = readReport(out);
    const failures = differences(program, untraced, traced);
    if (untraced.exitCode !== (program.exitCode ?? 0)) {
      failures.push(`untraced, it ends with ${untraced.exitCode}: ${untraced.stderr.slice(-300)}`);
    }
    if (program.stdout !== undefined && cleaned(program, traced.stdout).trim() !== program.stdout) {
      failures.push(`stdout is ${JSON.stringify(traced.stdout.slice(0, 200))}`);
    }
    if (report === null) failures.push('no report was written');
    else failures.push(...reportFailures(program, report, major));
    const counts = report === null ? null : countsOf(report);
    return { failures, counts, report, untracedSeconds: untraced.seconds, tracedSeconds: traced.seconds };
  } finally {
    discard(temporary);
  }
}

function readReport(file: string): Report | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return null;
  }
}

export function reportFailures(program: Program, report: Report, major: NodeMajor): string[] {
  const counts = countsOf(report);
  const expectation = expectationOf(program, major);
  const failures: string[] = [];
  for (const name of COUNTS) {
    const expected = expectation[name] ?? 0;
    if (!fits(counts[name], expected)) {
      failures.push(`${name}: ${counts[name]}, expected ${inWords(expected)}`);
    }
  }
  if (program.unpaired === undefined) failures.push(...unpairedChannels(report));
  failures.push(...lossFailures(program, report));
  const open = report.processes.filter((p) => p.instrumented && p.end === null);
  if (open.length > 0)
    failures.push(`${open.length} processes without an end: ${open.map((p) => p.name).join(', ')}`);
  return failures;
}

/**
 * A process that was killed may not have ended its stream. Nothing else may be missing: the last records of a worker
 * thread that is terminated can be saved by its process.
 */
function lossFailures({ kills, crashes }: Program, { dropped, damaged, exact, problems }: Report): string[] {
  const failures = problems
    .filter(({ code, message }) => {
      if (code === 'uncaughtException') return crashes === undefined;
      return kills === undefined || code !== 'trace-unended' || !MAIN_THREAD.test(message);
    })
    .map(({ code, message }) => `problem ${code}: ${message}`);
  if (dropped > 0 || damaged > 0) failures.push(`${dropped} records dropped, ${damaged} damaged`);
  if (!exact && kills === undefined) failures.push('the report is not exact');
  return failures;
}

export function fits(count: number, expected: Expected): boolean {
  if (typeof expected === 'number') return count === expected;
  return expected === 'any' || (count >= expected[0] && count <= expected[1]);
}

export function inWords(expected: Expected): string {
  return typeof expected === 'object' ? `${expected[0]} to ${expected[1]}` : `${expected}`;
}
