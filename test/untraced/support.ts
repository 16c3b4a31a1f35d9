import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';

/** A loader of TypeScript, as URL. */
export const TSX = pathToFileURL(path.resolve('node_modules/tsx/dist/loader.mjs')).href;

/** A plain Node program that runs until its test ends. */
export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly file: string;
  /** What it has written to stderr so far. */
  stderr(): string;
  /** Resolves when it has written a line that has this text in it to stdout. */
  said(text: string): Promise<void>;
}

/** Starts a program in a process group of its own and waits until it says that it stands: a line `@hang`. */
export async function startProgram(
  t: TestContext,
  source: string,
  { name = 'program.cjs', flags = [] }: { name?: string; flags?: readonly string[] } = {},
): Promise<Running> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'forkscope-untraced-'));
  const file = path.join(folder, name);
  writeFileSync(file, source);
  const child = spawn(process.execPath, [...flags, file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    env: { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: undefined },
  });
  t.after(() => {
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    } catch {
      // It has ended.
    }
    rmSync(folder, { recursive: true, force: true });
  });
  let stderr = '';
  let stdout = '';
  child.stderr?.on('data', (data: Buffer) => {
    stderr += data;
  });
  const said = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stdout.includes(text)) resolve();
      };
      child.stdout?.on('data', look);
      child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${stderr}`)));
      look();
    });
  child.stdout?.on('data', (data: Buffer) => {
    stdout += data;
  });
  await said('@hang');
  return { child, pid: child.pid ?? 0, file, stderr: () => stderr, said };
}

/** The line of a source, from 1, that has a text in it. */
export function lineOf(source: string, text: string): number {
  return source.split('\n').findIndex((line) => line.includes(text)) + 1;
}
