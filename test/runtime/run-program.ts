import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = typeof __dirname === 'string' ? __dirname : path.dirname(fileURLToPath(import.meta.url));
export const ROOT = path.dirname(path.dirname(here));
const TEST = path.dirname(here);
const HOOK = path.join(TEST, 'typescript-hook.cjs');

export interface Result {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Non-empty lines of stdout. */
  readonly lines: readonly string[];
}

export interface Running {
  readonly child: ChildProcess;
  readonly done: Promise<Result>;
  /** Resolves at the first line of stdout that matches. Rejects when the program ends without it. */
  line(pattern: RegExp): Promise<string>;
}

const LIMIT_MS = 300_000;

/** Runs a program of this folder , in a process group of its own, which is killed with the program. */
export function start(
  program: string,
  args: readonly string[] = [],
  flags: readonly string[] = [],
  limitMs = LIMIT_MS,
): Running {
  const file = path.isAbsolute(program) ? program : path.join(here, 'programs', program);
  const child = spawn(process.execPath, [...flags, ...loaderOf(file), file, ...args], {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const looking = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const look of looking) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const done = new Promise<Result>((resolve, reject) => {
    const timer = setTimeout(() => {
      killGroup(child);
      reject(new Error(`${program} did not end\nstdout:\n${stdout}\nstderr:\n${stderr}`));
    }, limitMs);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      killGroup(child);
      resolve({ code, signal, stdout, stderr, lines: stdout.split('\n').filter((line) => line !== '') });
    });
  });
  const line = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = stdout.split('\n').find((text) => pattern.test(text));
        if (found === undefined) return;
        looking.delete(look);
        resolve(found);
      };
      looking.add(look);
      look();
      done.then(
        (result) => reject(new Error(`no line ${pattern}\n${result.stdout}\n${result.stderr}`)),
        reject,
      );
    });
  return { child, done, line };
}

/** The examples are ES modules. */
function loaderOf(file: string): string[] {
  if (!/ts$/.test(file)) return [];
  return file.endsWith('.ts') && file.startsWith(TEST) ? ['--require', HOOK] : ['--import', 'tsx'];
}

export async function run(
  program: string,
  args: readonly string[] = [],
  flags: readonly string[] = [],
  limitMs = LIMIT_MS,
): Promise<Result> {
  return await start(program, args, flags, limitMs).done;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // nobody of the group is left
  }
}

/** Waits until `condition` holds; for what has no event. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
