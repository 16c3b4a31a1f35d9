import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EXPECTATIONS, type Expectation, type Run } from './expectations.ts';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const folder = path.join(root, 'examples/tutorials');
/** Before Node strips types by itself, tsx does. */
const loader = Number(process.versions.node.split('.')[0]) >= 24 ? [] : ['--import', 'tsx'];
const LIMIT_MS = 240_000;
const groups = new Set<number>();

after(() => {
  for (const pid of groups) killGroup(pid);
});

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** Runs node in a process group of its own, which is gone afterwards. */
function run(args: readonly string[], second: number): Promise<Run> {
  const env = { ...process.env, TUTORIAL_SECOND: String(second), TUTORIAL_SLACK: '20', FORCE_COLOR: '0' };
  const child = spawn(process.execPath, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const pid = child.pid!;
  groups.add(pid);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (d) => (out += d));
  child.stderr.setEncoding('utf8').on('data', (d) => (err += d));
  const timer = setTimeout(() => killGroup(pid), LIMIT_MS);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      killGroup(pid);
      groups.delete(pid);
      resolve({ out, err, code, lines: out.split('\n').filter((l) => l !== '') });
    });
  });
}

function check(expectation: Expectation, result: Run): void {
  try {
    expectation.check(result);
  } catch (error) {
    throw new Error(`${expectation.file}: exit ${result.code}\n${result.out}\n--- stderr\n${result.err}`, {
      cause: error,
    });
  }
}

/**
 * `by itself`: a plain node (with tsx before Node 24); `traced`: under `forkscope run`; `at risk`: traced, and ended where it is
 * said to be deadlocked for certain.
 */
export type Mode = 'by itself' | 'traced' | 'at risk';

/** The exit code of `forkscope run` when it had to end a deadlock. */
const KILLED = 3;

function command(mode: Mode, file: string): string[] {
  if (mode === 'by itself') return [...loader, file];
  const kill = mode === 'at risk' ? ['--on-deadlock', 'kill'] : [];
  return [path.join(root, 'dist/cli.js'), 'run', '--no-report', ...kill, '--node', process.execPath, file];
}

/** One file of tests is a part of the programs in one mode, so that none takes long. */
export function describeTutorials(mode: Mode, from: number, to: number): void {
  describe(`tutorials ${from}-${to}, ${mode}`, { concurrency: 2 }, () => {
    for (const expectation of EXPECTATIONS.slice(from - 1, to)) {
      it(expectation.file, async () => {
        const file = path.join(folder, `${expectation.file}.ts`);
        const result = await run(command(mode, file), expectation.second ?? 100);
        assert.ok(mode !== 'at risk' || result.code !== KILLED, result.err);
        check(expectation, result);
      });
    }
  });
}

/** No program without an expectation. */
export function programFiles(): string[] {
  return readdirSync(folder)
    .filter((f) => f.endsWith('.ts'))
    .sort();
}
