import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { codeOf } from '../../base/errors.ts';
import { notBuilt } from '../core/errors.ts';
import { cacheFolder, openToAll, PUBLIC_FILE, PUBLIC_FOLDER } from './cache-folder.ts';
import { makeFolder } from './make-folder.ts';
import { statOf } from './stat.ts';

/** What programs load from Forkscope while they run. */
const PROGRAM_FILES = [
  'shim.cjs',
  'core-shim.cjs',
  'make-shim-cache.cjs',
  'runtime.cjs',
  'runtime.mjs',
  'runtime-child.cjs',
  'forkscope-register.cjs',
  'typescript-register.cjs',
  'loader-hooks.mjs',
  'typescript-transformer.cjs',
] as const;
const NATIVE = path.join('native', `${process.platform}-${process.arch}`);
/**
 * The folder of the sets. Its name keeps them out of what users look at: coverage (of `node --test`, which even fails on a
 * source map that is missing, and of c8), require hooks and debuggers leave installed packages alone.
 */
const SETS = 'node_modules';
/** File in each set, whose time of modification says when the set was last used; a set without it is not complete. */
const USED = 'used';
const DAY = 24 * 60 * 60 * 1000;
const UNUSED_AFTER = 30 * DAY;
/** So often a running session says that it uses its set: much more often than others sweep. */
const STILL_USED_MS = 5 * 60 * 1000;

/**
 * A copy of the files that programs load, at a place which neither a rebuild nor an update of the extension takes away:
 * NODE_OPTIONS names the shim in every descendant, and a missing preload kills each Node process at its start.
 * One folder for each content, so that running programs never see a file change.
 *
 * @param bundles folder of the built files
 * @param cache see `cacheFolder`
 * @returns the folder to load from; `bundles` itself where nothing can be written
 * @throws UserError when the bundles are not there
 */
export function stableFiles(bundles: string, cache: string | undefined): string {
  const files = listFiles(bundles);
  if (cache === undefined) return bundles;
  try {
    const folder = path.join(cache, SETS, setName(files, cache));
    if (!existsSync(path.join(folder, USED))) install(files, folder, path.join(cache, 'objects'));
    // Programs load them also after they have become another user.
    for (const way of [cache, path.dirname(folder), folder]) openToAll(way);
    touch(folder);
    return folder;
  } catch (error) {
    if (['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'EPERM'].includes(codeOf(error))) return bundles;
    throw error;
  }
}

interface SourceFile {
  readonly name: string;
  readonly from: string;
  /** Differs when the file does: its size, time of the last write and inode. */
  readonly stamp: string;
}

function listFiles(bundles: string): SourceFile[] {
  const native = path.join(bundles, NATIVE);
  const natives = existsSync(native)
    ? readdirSync(native, { recursive: true, encoding: 'utf8' }).map((name) => path.join(NATIVE, name))
    : [];
  const files = [...PROGRAM_FILES, ...natives].flatMap((name) => {
    const from = path.join(bundles, name);
    const stat = statOf(from);
    return stat?.isFile() ? [{ name, from, stamp: `${stat.size} ${stat.mtimeMs} ${stat.ino}` }] : [];
  });
  if (!files.some(({ name }) => name === 'shim.cjs')) {
    throw notBuilt(path.join(bundles, 'shim.cjs'));
  }
  return files;
}

function hashOf(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 24);
}

/** Name of the set's folder: a hash of its content. The files are read for that only when a stamp has changed. */
function setName(files: readonly SourceFile[], cache: string): string {
  const stamps = files.map(({ from, stamp }) => `${from} ${stamp}\n`).join('');
  const known = path.join(cache, 'stamps', hashOf(stamps));
  try {
    return readFileSync(known, 'utf8');
  } catch {
    const name = hashOf(files.map(({ name, from }) => `${name} ${hashOf(readFileSync(from))}\n`).join(''));
    writeAtomically(known, name);
    return name;
  }
}

/** Puts each file into the set, whole or not at all. Files that are equal in several sets are stored once, as links. */
function install(files: readonly SourceFile[], folder: string, objects: string): void {
  for (const { name, from } of files) {
    const to = path.join(folder, name);
    const content = readFileSync(from);
    const object = path.join(objects, hashOf(content));
    try {
      if (!existsSync(object)) writeAtomically(object, content);
      chmodSync(object, PUBLIC_FILE);
      const half = halfOf(to);
      linkSync(object, half);
      renameSync(half, to);
    } catch {
      writeAtomically(to, content);
    }
  }
}

function halfOf(file: string): string {
  makeFolder(path.dirname(file), PUBLIC_FOLDER);
  return `${file}.${randomBytes(6).toString('hex')}`;
}

function writeAtomically(file: string, content: Buffer | string): void {
  const half = halfOf(file);
  writeFileSync(half, content, { mode: PUBLIC_FILE });
  chmodSync(half, PUBLIC_FILE);
  renameSync(half, file);
}

/** Marks a set as in use as long as this process lives. */
export function keepInUse(folder: string): void {
  if (!existsSync(path.join(folder, USED))) return;
  setInterval(() => touch(folder), STILL_USED_MS).unref();
}

function touch(folder: string): void {
  const used = path.join(folder, USED);
  const now = new Date();
  try {
    utimesSync(used, now, now);
  } catch {
    writeFileSync(used, '');
  }
}

export interface Sweep {
  readonly now?: number;
  /** Has an earlier sweep found the same? Old by the clock is not enough: a clock that is set makes everything old. */
  readonly confirm?: (folder: string) => boolean;
  /** Does a process name the folder? A program may outlive its launcher. */
  readonly isNamed?: (folder: string) => boolean;
}

/**
 * Empties the sets that no session has used for 30 days. The preloads stay as empty files: a process that still names
 * one in its NODE_OPTIONS must be able to start Node.
 */
export function sweepStableFiles(cache = cacheFolder(), sweep: Sweep = {}): void {
  const { now = Date.now(), confirm = () => true, isNamed = () => false } = sweep;
  if (cache === undefined) return;
  const sets = path.join(cache, SETS);
  for (const name of existsSync(sets) ? readdirSync(sets) : []) {
    const folder = path.join(sets, name);
    if (isUnused(folder, now) && confirm(folder) && !isNamed(folder)) empty(folder);
  }
  const objects = path.join(cache, 'objects');
  for (const name of existsSync(objects) ? readdirSync(objects) : []) {
    const object = path.join(objects, name);
    const stat = statOf(object);
    if (stat?.nlink === 1 && now - stat.mtimeMs > UNUSED_AFTER) rmSync(object, { force: true });
  }
}

function isUnused(folder: string, now: number): boolean {
  const used = statOf(path.join(folder, USED));
  return used !== undefined && now - used.mtimeMs > UNUSED_AFTER;
}

/** In the place of code without which a program would end at once and seem to have done its work. */
const REMOVED =
  "throw new Error('Forkscope has removed this copy of its files, which no run had used for 30 days: run the program anew');\n";
const LOADED_BY_CODE = /^(runtime|loader-hooks|typescript-transformer)[\w-]*\.[cm]js$/;

function empty(folder: string): void {
  // First: who comes now fills the set again.
  rmSync(path.join(folder, USED));
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const at = path.join(folder, entry.name);
    const left = LOADED_BY_CODE.test(entry.name) ? REMOVED : '';
    if (entry.isDirectory()) rmSync(at, { recursive: true, force: true });
    else if (statOf(at)?.size !== left.length) {
      // Renamed over it, so that there is no moment without a file, and the linked content of other sets stays.
      writeAtomically(at, left);
    }
  }
}
