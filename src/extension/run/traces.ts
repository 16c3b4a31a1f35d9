import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  hasEnded,
  isFromHere,
  isLauncherAlive,
  readSessionHead,
} from '../../session/directory/session-file.ts';
import { timedName } from '../../session/directory/timed-name.ts';

/** One trace in the extension's storage. */
export interface StoredTrace {
  readonly dir: string;
  /** ms since the epoch. */
  readonly written: number;
  readonly live: boolean;
}

/**
 * A folder that is called by the script, or by another name, and the time. It is made by whoever writes the trace.
 * @param isGiven whether a folder, which need not be there yet, is that of another trace
 */
export function traceFolder(
  root: string,
  script: string,
  now: Date,
  isGiven: (dir: string) => boolean = () => false,
): string {
  const base = path.join(root, timedName(path.basename(script), now));
  mkdirSync(root, { recursive: true, mode: 0o700 });
  let dir = base;
  for (let i = 2; isGiven(dir) || existsSync(dir); i++) dir = `${base}-${i}`;
  return dir;
}

/** Milliseconds in which the editor tells of a process that it has started. */
const TELLING = 10_000;

/**
 * The trace of a process that was just started with `--traces`; `undefined`: it has not begun it yet.
 * @param told when the editor told of it, ms since the epoch: a process before may have had the same pid
 */
export function traceOf(root: string, pid: number, told: number): string | undefined {
  const names = existsSync(root) ? readdirSync(root) : [];
  return names
    .filter((name) => name.endsWith(`-${pid}`))
    .map((name) => path.join(root, name))
    .find((dir) => {
      const head = readSessionHead(dir);
      return head?.launcherPid === pid && isFromHere(head) && head.wallClock > told - TELLING;
    });
}

/** The stored traces, newest first. */
export function storedTraces(root: string): StoredTrace[] {
  const names = existsSync(root) ? readdirSync(root) : [];
  return names
    .map((name) => path.join(root, name))
    .flatMap((dir) => {
      const stat = statSync(dir, { throwIfNoEntry: false });
      if (!stat?.isDirectory()) return [];
      const head = readSessionHead(dir);
      const written = head?.wallClock ?? stat.mtimeMs;
      const live = head !== undefined && isLauncherAlive(head) && !hasEnded(dir);
      return [{ dir, written, live }];
    })
    .sort((a, b) => b.written - a.written);
}

/**
 * Deletes the oldest traces of ended sessions beyond the number to keep. What is shown in a window, and what is so new
 * that its program may just be starting, stays.
 * @returns the deleted folders
 */
export function pruneTraces(
  root: string,
  keep: number,
  isShown: (dir: string) => boolean,
  now: number,
): string[] {
  const ended = storedTraces(root).filter(({ live }) => !live);
  const old = ended.slice(keep).filter(({ dir, written }) => !isShown(dir) && now - written > JUST_NOW);
  for (const { dir } of old) rmSync(dir, { recursive: true, force: true });
  return old.map(({ dir }) => dir);
}

/** Milliseconds. */
const JUST_NOW = 60_000;
