import { spawn } from 'node:child_process';
import path from 'node:path';
import { plainEnvironment } from '../../scripts/lib/exec.mjs';
import type { Runnable } from './types.ts';

/** A program that takes longer is stuck: nearly all of them end within seconds. */
const LIMIT_SECONDS = 90;

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  /** `null` after a signal. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly seconds: number;
}

/**
 * Runs a command in a process group of its own, with nothing on its stdin, and ends what is left of the group.
 * @param prefix put before the command: a tracer's own command line
 * @throws Error when it cannot start or does not end in time
 */
export async function runProgram(
  program: Runnable,
  folder: string,
  node: string,
  { prefix = [], env = {} }: { prefix?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<RunResult> {
  const [command, ...args] = [...prefix, ...program.command];
  const limit = program.limit ?? LIMIT_SECONDS;
  const start = performance.now();
  const child = spawn(command ?? '', args, {
    cwd: path.join(folder, program.folder ?? ''),
    env: { ...environment(node), ...program.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (data: Buffer) => stdout.push(data));
  child.stderr.on('data', (data: Buffer) => stderr.push(data));
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    endGroup(child.pid);
  }, limit * 1_000);
  try {
    const [exitCode, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, by) => resolve([code, by]));
    });
    const text = (parts: Buffer[]) => Buffer.concat(parts).toString('utf8');
    if (late) {
      throw new Error(`did not end in ${limit} s\n${text(stdout).slice(-500)}\n${text(stderr).slice(-500)}`);
    }
    const seconds = (performance.now() - start) / 1000;
    return { stdout: text(stdout), stderr: text(stderr), exitCode, signal, seconds };
  } finally {
    clearTimeout(timer);
    endGroup(child.pid);
  }
}

/** The user's environment on the given Node, without what makes programs colour, watch or count differently. */
function environment(node: string): Record<string, string> {
  const own = plainEnvironment();
  const dropped =
    /^(CI|NODE_OPTIONS|NODE_ENV|FORCE_COLOR|GITHUB_ACTIONS|VITEST|JEST_WORKER_ID|FORKSCOPE_.*)$/;
  const kept = Object.entries(own).filter(([name, value]) => value !== undefined && !dropped.test(name));
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    PATH: `${path.dirname(node)}${path.delimiter}${process.env['PATH'] ?? ''}`,
    NO_COLOR: '1',
    TERM: 'dumb',
  };
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined || process.platform === 'win32') return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}
