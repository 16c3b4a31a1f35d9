import { lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Of a packed trace: the texts of its program's sources, by the paths that stacks name. */
export const SOURCES_FILE = 'sources.json';

/** Bytes of one source and of all, and how many: a program's own code is far below. */
const MOST_SOURCE = 2 ** 20;
const MOST_ALL = 16 * 2 ** 20;
const MOST_SOURCES = 2000;
const SCRIPT = /\.[cm]?[jt]sx?$/i;

export type Sources = ReadonlyMap<string, string>;

/**
 * The texts of files that a trace's stacks name. A trace may name any file, and what is packed is sent to others: only scripts
 * themselves, not what a link leads to, and nothing that is installed. One that was changed since the run is not what ran.
 * @param origin of the session, ms since the epoch
 * @param lastTime of its records, ns since then: the run was over
 */
export function readSources(files: Iterable<string>, origin: number, lastTime: number): Sources {
  const until = origin + lastTime / 1e6;
  const sources = new Map<string, string>();
  let left = MOST_ALL;
  for (const file of files) {
    if (!path.isAbsolute(file) || !SCRIPT.test(file) || /[\\/]node_modules[\\/]/.test(file)) continue;
    const stat = lstatSync(file, { throwIfNoEntry: false });
    if (!stat?.isFile() || stat.mtimeMs > until || stat.size > Math.min(MOST_SOURCE, left)) continue;
    if (sources.size >= MOST_SOURCES) break;
    left -= stat.size;
    sources.set(file, readFileSync(file, 'utf8'));
  }
  return sources;
}

/** What a trace's folder has of its program's sources; of whatever else lies there in their place: nothing. */
export function packedSources(dir: string): Sources {
  const file = path.join(dir, SOURCES_FILE);
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size > 8 * MOST_ALL) return new Map();
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const entries = typeof read === 'object' && read !== null ? Object.entries(read) : [];
    return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return new Map();
  }
}

/** As {@link packedSources} reads it. */
export function sourcesText(sources: Sources): string {
  return JSON.stringify(Object.fromEntries(sources));
}
