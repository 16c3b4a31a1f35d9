import { createHash, randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { codeOf, UserError } from '../errors.ts';
import { cacheFolder } from './cache-folder.ts';

/** What programs load from Forkscope while they run. */
const PROGRAM_FILES = [
  'shim.cjs',
  'runtime.cjs',
  'runtime.mjs',
  'runtime-child.cjs',
  'forkscope-register.cjs',
  'typescript-register.cjs',
  'loader-hooks.mjs',
  'typescript-transformer.cjs',
] as const;
const NATIVE = path.join('native', `${process.platform}-${process.arch}`);
/** Its time says when this set was last used. */
const USED = 'used';
const DAY = 24 * 60 * 60 * 1000;
const UNUSED_AFTER = 30 * DAY;

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
  const folder = path.join(cache, 'files', setName(files));
  try {
    if (!existsSync(folder)) install(files, folder, path.join(cache, 'objects'));
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
  readonly hash: string;
}

function listFiles(bundles: string): SourceFile[] {
  const native = path.join(bundles, NATIVE);
  const natives = existsSync(native)
    ? readdirSync(native, { recursive: true, encoding: 'utf8' }).map((name) => path.join(NATIVE, name))
    : [];
  const files = [...PROGRAM_FILES, ...natives]
    .map((name) => ({ name, from: path.join(bundles, name) }))
    .filter(({ from }) => statSync(from, { throwIfNoEntry: false })?.isFile())
    .map((file) => ({ ...file, hash: hashOf(readFileSync(file.from)) }));
  if (!files.some(({ name }) => name === 'shim.cjs')) {
    throw new UserError(
      `Forkscope is not built: ${path.join(bundles, 'shim.cjs')} is missing (npm run build)`,
    );
  }
  return files;
}

function hashOf(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 24);
}

function setName(files: readonly SourceFile[]): string {
  return hashOf(files.map(({ name, hash }) => `${name} ${hash}\n`).join(''));
}

/** Whole or not at all: filled beside its place, then renamed. Equal files of several builds are stored once. */
function install(files: readonly SourceFile[], folder: string, objects: string): void {
  const half = `${folder}.${randomBytes(6).toString('hex')}`;
  try {
    for (const { name, from, hash } of files) {
      const to = path.join(half, name);
      mkdirSync(path.dirname(to), { recursive: true, mode: 0o700 });
      place(from, to, path.join(objects, hash));
    }
    renameSync(half, folder);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

function place(from: string, to: string, object: string): void {
  try {
    if (!existsSync(object)) {
      mkdirSync(path.dirname(object), { recursive: true, mode: 0o700 });
      const half = `${object}.${randomBytes(6).toString('hex')}`;
      copyFileSync(from, half);
      renameSync(half, object);
    }
    linkSync(object, to);
  } catch {
    copyFileSync(from, to);
  }
}

/** Marks a set as in use as long as this process lives. */
export function keepInUse(folder: string): void {
  if (!existsSync(path.join(folder, USED))) return;
  setInterval(() => touch(folder), DAY / 2).unref();
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

/**
 * Empties the sets that no session has used for 30 days. The preloads stay as empty files: a process that still names
 * one in its NODE_OPTIONS must be able to start Node.
 */
export function sweepStableFiles(cache = cacheFolder(), now = Date.now()): void {
  if (cache === undefined) return;
  const sets = path.join(cache, 'files');
  for (const name of existsSync(sets) ? readdirSync(sets) : []) {
    const folder = path.join(sets, name);
    if (isUnused(folder, now)) empty(folder);
  }
  const objects = path.join(cache, 'objects');
  for (const name of existsSync(objects) ? readdirSync(objects) : []) {
    const object = path.join(objects, name);
    const stat = statSync(object, { throwIfNoEntry: false });
    if (stat?.nlink === 1 && now - stat.mtimeMs > UNUSED_AFTER) rmSync(object, { force: true });
  }
}

function isUnused(folder: string, now: number): boolean {
  const used = statSync(path.join(folder, USED), { throwIfNoEntry: false });
  return used !== undefined && now - used.mtimeMs > UNUSED_AFTER;
}

function empty(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const at = path.join(folder, entry.name);
    if (entry.name === USED) continue;
    if (entry.isDirectory()) rmSync(at, { recursive: true, force: true });
    else if (statSync(at).size > 0) {
      // Renamed over it, so that there is no moment without a file, and the linked content of other sets stays.
      writeFileSync(`${at}.empty`, '');
      renameSync(`${at}.empty`, at);
    }
  }
}
