import { accessSync, constants, lstatSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeFolder } from './make-folder.ts';

/** Overrides where Forkscope keeps its files (tests, read-only homes). */
const ENV_CACHE = 'FORKSCOPE_CACHE_DIR';

/**
 * The folder for files that must outlive a run (the preload of running programs, transpiled sources): per user, private.
 * `undefined` when no place can be written.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const chosen = env[ENV_CACHE];
  if (chosen) return usable(path.resolve(chosen)) ? path.resolve(chosen) : undefined;
  return [
    path.join(userCache(env), 'forkscope'),
    path.join(os.tmpdir(), `forkscope-cache-${userName()}`),
  ].find(usable);
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
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
    return isOwn(folder);
  } catch {
    return false;
  }
}

/** A real directory (no link) of this user that nobody else can write. */
export function isOwn(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return false;
  const uid = process.getuid?.();
  return uid === undefined || (stat.uid === uid && (stat.mode & 0o022) === 0);
}
