import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LaunchOptions, launch } from '../../src/session/launch/launcher.ts';
import type { Program } from '../../src/session/launch/program.ts';
import { discard } from '../discard.ts';

export const ROOT = path.resolve(__dirname, '../..');
export const BUNDLES = path.join(ROOT, 'dist');

/** A folder that goes with the test. */
export function scratch(t: TestContext): string {
  const dir = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'forkscope-test-')));
  t.after(() => discard(dir));
  return dir;
}

/** Writes files into a folder of the test, by name. */
export function files(dir: string, contents: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(contents)) writeFileSync(path.join(dir, name), text);
}

/** Polls until a condition holds. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false,
  patience = 120_000,
): Promise<T> {
  const end = performance.now() + patience;
  for (;;) {
    const seen = look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await sleep(15);
  }
}

/** Launches a program under trace, silent and with a cache of its own; what is left of it is ended with the test. */
export async function launched(
  t: TestContext,
  dir: string,
  target: LaunchOptions['target'],
  more: Partial<LaunchOptions> = {},
): Promise<Program> {
  const program = await launch({
    target,
    trace: path.join(dir, 'trace'),
    node: process.execPath,
    bundles: BUNDLES,
    stdio: 'ignore',
    env: { ...process.env, NODE_OPTIONS: '', FORKSCOPE_CACHE_DIR: path.join(dir, 'cache'), TMPDIR: dir },
    ...more,
  });
  t.after(() => program.kill('the test is over'));
  return program;
}

export interface Ran {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Starts a process in a group of its own, which is killed with the test. */
export function start(
  t: TestContext,
  file: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Ran {
  const child = spawn(file, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  t.after(() => killGroup(child));
  const ended: Ran['ended'] = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  return { child, out: () => out, err: () => err, ended };
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
