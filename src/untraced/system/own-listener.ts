import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Of a program's sources so many are looked at, each up to this size in bytes. */
const MOST_FILES = 200;
const LARGEST_FILE = 512 * 1024;
const SOURCE = /\.[cm]?[jt]sx?$/;

/**
 * A source of the program that names SIGUSR1: it may listen to the signal itself, and its listener would run instead of
 * the inspector. Looks at the script and the files beside and below it, without installed packages. Nothing tells for sure.
 */
export function namesSignal(argv: readonly string[], cwd: string): string | null {
  const script = argv.slice(1).find((word) => SOURCE.test(word) && !word.startsWith('-'));
  if (script === undefined) return null;
  const file = path.resolve(cwd === '' ? '.' : cwd, script);
  const folders = [path.dirname(file)];
  const files = [file];
  for (
    let folder = folders.shift();
    folder !== undefined && files.length < MOST_FILES;
    folder = folders.shift()
  ) {
    for (const entry of entries(folder)) {
      const full = path.join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
        folders.push(full);
      else if (entry.isFile() && SOURCE.test(entry.name)) files.push(full);
    }
  }
  return files.slice(0, MOST_FILES).find(mentions) ?? null;
}

function entries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function mentions(file: string): boolean {
  try {
    return statSync(file).size <= LARGEST_FILE && readFileSync(file, 'utf8').includes('SIGUSR1');
  } catch {
    return false;
  }
}
