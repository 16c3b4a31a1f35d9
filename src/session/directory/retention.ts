import { lstatSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isOwn } from '../files/cache-folder.ts';
import type { Sweep } from '../files/stable-files.ts';
import { statOf } from '../files/stat.ts';
import { TEMPORARY_PREFIX } from './create.ts';
import { isLauncherAlive, readSessionHead } from './session-file.ts';

/** Which traces in the temporary folder are kept; those at places that the user chose are never touched. */
export interface Retention {
  /** Days since the last write. */
  readonly days: number;
  /** Bytes of all of them together; the oldest go first. */
  readonly bytes: number;
}

export const DEFAULT_RETENTION: Retention = { days: 7, bytes: 2 * 1024 ** 3 };
const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

interface Found {
  readonly dir: string;
  readonly written: number;
  readonly bytes: number;
}

/**
 * Is it time to sweep? Once an hour at most: a look at every trace of a week costs more than most runs, and what is
 * younger than that stays anyway. Says yes once, and notes that.
 * @param cache see `cacheFolder`
 */
export function isSweepDue(cache: string | undefined, now = Date.now()): boolean {
  if (cache === undefined) return true;
  const note = path.join(cache, 'swept');
  const last = statOf(note)?.mtimeMs ?? 0;
  // A clock that was set back must not stop it for ever.
  if (now - last < HOUR && last <= now) return false;
  writeFileSync(note, '');
  return true;
}

/**
 * Deletes this user's old temporary traces. Not those of a session that still runs, nor of one that ended just now.
 * @param keep a trace that stays
 * @returns the deleted folders
 */
export function sweepTraces(
  keep: string,
  retention = DEFAULT_RETENTION,
  folder = os.tmpdir(),
  now = Date.now(),
  { confirm = () => true, isNamed = () => false }: Omit<Sweep, 'now'> = {},
): string[] {
  const traces = listOwn(folder)
    .filter(({ dir }) => dir !== keep)
    .sort((a, b) => b.written - a.written);
  let total = 0;
  const deleted: string[] = [];
  for (const trace of traces) {
    total += trace.bytes;
    const old = now - trace.written > retention.days * DAY && confirm(trace.dir);
    const fresh = now - trace.written < HOUR;
    if ((old || total > retention.bytes) && !fresh && isOver(trace.dir) && !isNamed(trace.dir)) {
      rmSync(trace.dir, { recursive: true, force: true });
      deleted.push(trace.dir);
      total -= trace.bytes;
    }
  }
  return deleted;
}

function isOver(dir: string): boolean {
  const head = readSessionHead(dir);
  return head === undefined || !isLauncherAlive(head);
}

function listOwn(folder: string): Found[] {
  return ownTraces(folder).map(measure);
}

/** Folders of this user's traces in the temporary folder. */
export function ownTraces(folder = os.tmpdir()): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(TEMPORARY_PREFIX))
    .map((name) => path.join(folder, name))
    .filter(isOwn);
}

function measure(dir: string): Found {
  let written = lstatSync(dir).mtimeMs;
  let bytes = 0;
  for (const name of readdirSync(dir)) {
    const stat = statSync(path.join(dir, name), { throwIfNoEntry: false });
    written = Math.max(written, stat?.mtimeMs ?? 0);
    bytes += stat?.size ?? 0;
  }
  return { dir, written, bytes };
}
