import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  lstatSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeFolder } from './make-folder.ts';

/** Overrides where Forkscope keeps its files (tests, read-only homes). */
const ENV_CACHE = 'FORKSCOPE_CACHE_DIR';

/** What everybody may do with the folder and with the copies of Forkscope's own files: read them. */
export const PUBLIC_FOLDER = 0o755;
export const PUBLIC_FILE = 0o644;
const EXECUTABLE = 0o001;

/**
 * The folder for files that must outlive a run (the preload of running programs, transpiled sources). Only this user can write
 * it. Others should be able to read it, since a program that is traced may become another user, and Node does not start
 * without its preload: of the places that there are, one is preferred that everybody can reach. What is private in it (the
 * user's transpiled sources) has a folder of its own.
 * `undefined` when no place can be written.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const chosen = env[ENV_CACHE];
  if (chosen) return usable(path.resolve(chosen)) ? path.resolve(chosen) : undefined;
  const all = places(env);
  return (
    all.find((folder) => isReachable(folder) && usable(folder) && isExecutable(folder)) ??
    all.find((folder) => isReachable(folder) && usable(folder)) ??
    all.find(usable)
  );
}

/** Whoever is root is who changes users, and who may use the system's own folder. */
function places(env: NodeJS.ProcessEnv): string[] {
  const system = process.platform === 'linux' && process.getuid?.() === 0 ? ['/var/cache/forkscope'] : [];
  const shared = process.platform === 'win32' ? [] : [`/var/tmp/forkscope-cache-${userName()}`];
  return [
    ...system,
    path.join(userCache(env), 'forkscope'),
    ...shared,
    path.join(os.tmpdir(), `forkscope-cache-${userName()}`),
  ];
}

/** May everybody enter the folders on the way to it, as far as they are there? */
function isReachable(folder: string): boolean {
  if (process.platform === 'win32') return true;
  for (let at = path.dirname(folder); ; at = path.dirname(at)) {
    if (!existsSync(at)) return false;
    if ((statSync(at).mode & EXECUTABLE) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

/** Can programs and libraries be executed there? The runtime loads a native library. */
function isExecutable(folder: string): boolean {
  const probe = path.join(folder, `.execute-${process.pid}`);
  try {
    writeFileSync(probe, '', { mode: 0o755 });
    accessSync(probe, constants.X_OK);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { force: true });
  }
}

function userCache(env: NodeJS.ProcessEnv): string {
  if (process.platform === 'win32') return env.LOCALAPPDATA ?? path.join(os.homedir(), 'AppData', 'Local');
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library', 'Caches');
  const xdg = env.XDG_CACHE_HOME;
  return xdg && path.isAbsolute(xdg) ? xdg : path.join(os.homedir(), '.cache');
}

function userName(): string {
  return String(process.getuid?.() ?? 'user');
}

/** Code is loaded from here: it must belong to this user alone. */
function usable(folder: string): boolean {
  try {
    makeFolder(folder, PUBLIC_FOLDER);
    accessSync(folder, constants.W_OK);
    if (!isOwn(folder)) return false;
    openToAll(folder);
    return true;
  } catch {
    return false;
  }
}

/** Lets everybody read a folder of ours: an earlier version, or the process's mask, may have made it private. */
export function openToAll(folder: string): void {
  if (process.platform !== 'win32' && (lstatSync(folder).mode & 0o777) !== PUBLIC_FOLDER)
    chmodSync(folder, PUBLIC_FOLDER);
}

/** A real directory (no link) of this user that nobody else can write. */
export function isOwn(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return false;
  const uid = process.getuid?.();
  return uid === undefined || (stat.uid === uid && (stat.mode & 0o022) === 0);
}
