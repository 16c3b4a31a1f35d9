import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createTraceDirectory } from '../session/index.ts';

/** Characters of the program's output that are kept, its end. */
const MOST_OUTPUT = 8000;
/** Milliseconds between a signal to end and the next stronger one. */
const GRACE = 2500;
/** The same where the server itself has to end: its client kills it after some seconds, and then nobody is left who could. */
const LAST_GRACE = 600;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;

export interface ScriptRun {
  readonly script: string;
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  /** After so long the program is ended, s. */
  readonly timeout: number;
}

export interface Ran {
  /** Folder of its trace. */
  readonly dir: string;
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly output: string;
}

/** Runs scripts under trace, each in a process group of its own, which is ended with its time or with the server. */
export class Runs {
  readonly #cli: string;
  readonly #running = new Set<ChildProcess>();

  /** @param bundles folder of the built command line tool */
  constructor(bundles: string) {
    this.#cli = path.join(bundles, 'cli.js');
  }

  /** Resolves when the program has ended, by itself, by a deadlock that is certain, or by its time. */
  async run({ script, args, cwd, timeout }: ScriptRun): Promise<Ran> {
    const dir = createTraceDirectory(undefined);
    const options = ['run', '--no-report', '--on-deadlock', 'kill', '--trace', dir];
    const child = spawn(process.execPath, [this.#cli, ...options, script, ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.#running.add(child);
    let output = '';
    const keep = (data: Buffer): void => {
      output = (output + data.toString()).slice(-MOST_OUTPUT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      end(child, GRACE);
    }, timeout * 1000);
    try {
      const exitCode = await new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      });
      return { dir, exitCode, timedOut, output };
    } finally {
      clearTimeout(timer);
      this.#running.delete(child);
    }
  }

  /** Ends whatever still runs; resolves when it has ended. */
  async close(): Promise<void> {
    const ended = [...this.#running].map((child) => new Promise((resolve) => child.once('close', resolve)));
    for (const child of this.#running) end(child, LAST_GRACE);
    await Promise.all(ended);
  }
}

/** Asks the launcher and the program to end, and ends them when they do not. */
function end(
  child: ChildProcess,
  grace: number,
  [signal, ...stronger]: readonly NodeJS.Signals[] = SIGNALS,
): void {
  if (signal === undefined || child.pid === undefined || child.exitCode !== null || child.signalCode !== null)
    return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It has ended meanwhile.
  }
  setTimeout(() => end(child, grace, stronger), grace).unref();
}
