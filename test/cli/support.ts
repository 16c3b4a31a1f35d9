import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { Report } from '../../src/model/types/index.ts';
import { BUNDLES, type Ran, ROOT, scratch, start } from '../session/support.ts';

export const CLI = path.join(BUNDLES, 'cli.js');
export const EXAMPLES = path.join(ROOT, 'examples');

export interface CliOptions {
  /** Text to type; `null`: a pipe that the test ends. */
  readonly stdin?: string | null;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** An environment in which nothing is left behind: temporary traces and caches go with the test. */
export function cleanEnvironment(dir: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    TMPDIR: dir,
    TEMP: dir,
    TMP: dir,
    FORKSCOPE_CACHE_DIR: dir,
  };
  // The test runner's own: a program of the tests must not report into it.
  delete env.NODE_TEST_CONTEXT;
  delete env.NODE_OPTIONS;
  return env;
}

/** Starts the built command line tool. */
export function cli(t: TestContext, args: readonly string[], { stdin, cwd, env }: CliOptions = {}): Ran {
  const ran = start(t, process.execPath, [CLI, ...args], {
    cwd: cwd ?? ROOT,
    env: { ...cleanEnvironment(scratch(t)), ...env },
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  if (stdin !== null) ran.child.stdin?.end(stdin);
  return ran;
}

/** `run` on the Node of this test. */
export function run(t: TestContext, args: readonly string[], options: CliOptions = {}): Ran {
  return cli(t, ['run', '--node', process.execPath, ...args], options);
}

export function readReport(file: string): Report {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Number of the line of a source file that holds a text, from 1. */
export function lineOf(file: string, text: string): number {
  const lines = readFileSync(file, 'utf8').split('\n');
  const found = lines.findIndex((line) => line.includes(text));
  if (found < 0) throw new Error(`${file} has no line with ${text}`);
  return found + 1;
}
