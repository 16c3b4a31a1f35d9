import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { hasEnded, isLauncherAlive, readSessionHead } from '../../session/directory/session-file.ts';

/** One trace in the extension's storage. */
export interface StoredTrace {
  readonly dir: string;
  /** ms since the epoch. */
  readonly written: number;
  readonly live: boolean;
}

const two = (n: number) => String(n).padStart(2, '0');

/** A folder name that tells the script and the (local) time, and sorts by time for one script. */
export function traceFolder(root: string, script: string, now: Date): string {
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  const base = path.join(root, `${path.basename(script)}.${day}-${time}`);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  let dir = base;
  for (let i = 2; existsSync(dir); i++) dir = `${base}-${i}`;
  return dir;
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
