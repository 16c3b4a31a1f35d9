import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as vscode from 'vscode';
import type { Finding, Report } from '../../model/types/index.ts';
import { testArguments } from '../run/command-line.ts';
import { ownEnvironment } from '../run/environment.ts';
import type { Runner } from '../run/runner.ts';
import { saveEditedFiles } from '../run/scripts.ts';
import { stopSession } from '../run/stop.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { settings } from '../workbench/settings.ts';
import type { TestHome } from './frameworks.ts';
import { invocation } from './invocation.ts';
import { jsonResults } from './json-results.ts';
import { NodeResults } from './node-results.ts';
import type { TestResult } from './result.ts';

/** How often results are read while tests run, ms. */
const LOOK_EVERY = 100;

/** What runs tests. */
export interface TestRunners {
  readonly runner: Runner;
  readonly sessions: Sessions;
}

/** Who wants to know what comes of a run. */
export interface TestWatcher {
  readonly result: (result: TestResult) => void;
  readonly output: (text: string) => void;
  readonly cancelled: vscode.CancellationToken;
}

/** How a file's run ended. */
export interface TestEnd {
  /** Those that are a hang, the proven first. */
  readonly hangs: readonly Finding[];
  /** `null`: it was ended by a signal. */
  readonly code: number | null;
  /** Why no test of the file was run, or ''. */
  readonly problem: string;
}

/**
 * Runs the tests of a file under trace, as a session called by the file. Its output goes to the results of the editor's tests.
 * @throws Error for people; `undefined`: the user was told what is wrong
 */
export async function runFile(
  { runner, sessions }: TestRunners,
  file: vscode.Uri,
  home: TestHome,
  watcher: TestWatcher,
): Promise<TestEnd | undefined> {
  await saveEditedFiles();
  const node = await runner.runtime(file, home.folder);
  if (node === undefined) return undefined;
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'forkscope-tests-'));
  try {
    const results = path.join(scratch, 'results');
    const report = path.join(scratch, 'report.json');
    const reporter = path.join(path.dirname(runner.cli), 'node-test-reporter.mjs');
    const { cwd, nodeArgs, target } = invocation(home, file.fsPath, { results, reporter });
    const name = path.basename(file.fsPath);
    const dir = runner.newTrace(name);
    const request = { cli: runner.cli, node, trace: dir, settings: settings(file), target, nodeArgs, report };
    const child = spawn(node, testArguments(request), {
      cwd,
      env: ownEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    sessions.announce(dir, name, file.fsPath);
    void runner.follow(dir, () => hasEnded(child));
    const problem = await attend(child, { results, home, watcher }, async () => {
      const session = sessions.known(dir);
      if (session) await stopSession(session, child.pid);
      else child.kill('SIGINT');
    });
    return { hangs: hangsIn(report), code: child.exitCode, problem };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Hands on what a run tells until it has ended. @returns why nothing was run, or '' */
async function attend(
  child: ChildProcess,
  { results, home, watcher }: { results: string; home: TestHome; watcher: TestWatcher },
  stop: () => Promise<unknown>,
): Promise<string> {
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => watcher.output(text));
  }
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  let isStopping = false;
  const cancel = () => {
    if (isStopping || hasEnded(child)) return;
    isStopping = true;
    stop().catch(() => child.kill('SIGKILL'));
  };
  const cancelling = watcher.cancelled.onCancellationRequested(cancel);
  const told = home.framework === 'node:test' ? new Lines(results, watcher) : undefined;
  const isOver = ended.then(() => true);
  while (!(await Promise.race([isOver, sleep(LOOK_EVERY, false)]))) {
    told?.read();
    if (watcher.cancelled.isCancellationRequested) cancel();
  }
  cancelling.dispose();
  if (told) {
    told.read();
    return '';
  }
  return readJson(results, watcher);
}

function readJson(file: string, watcher: TestWatcher): string {
  if (!existsSync(file)) return '';
  const { results, message } = jsonResults(readFileSync(file, 'utf8'));
  for (const result of results) watcher.result(result);
  return message;
}

/** The lines of a file that is being written. */
class Lines {
  private readonly file: string;
  private readonly watcher: TestWatcher;
  private readonly results = new NodeResults();
  private taken = 0;

  constructor(file: string, watcher: TestWatcher) {
    this.file = file;
    this.watcher = watcher;
  }

  read(): void {
    if (!existsSync(this.file)) return;
    const lines = readFileSync(this.file, 'utf8').split('\n').slice(0, -1);
    for (const line of lines.slice(this.taken)) {
      const result = this.results.take(line);
      if (result) this.watcher.result(result);
    }
    this.taken = lines.length;
  }
}

/** None where the run did not get so far that there is a report. */
function hangsIn(report: string): readonly Finding[] {
  if (!existsSync(report)) return [];
  const { findings }: Report = JSON.parse(readFileSync(report, 'utf8'));
  const hangs = findings.filter(({ blocking }) => blocking);
  return [
    ...hangs.filter(({ certainty }) => certainty === 'certain'),
    ...hangs.filter(({ certainty }) => certainty !== 'certain'),
  ];
}
