// The folder outside the repository that keeps what tests need and npm ci does not bring: other Node versions, a VS Code.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import lockfile from 'proper-lockfile';

/** `FORKSCOPE_TEST_CACHE`, else the user's cache folder. */
export function cacheRoot() {
  const own = process.env.FORKSCOPE_TEST_CACHE;
  if (own) return path.resolve(own);
  const base =
    process.platform === 'win32'
      ? (process.env.LOCALAPPDATA ?? path.join(os.homedir(), 'AppData', 'Local'))
      : (process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'));
  return path.join(base, 'forkscope-test');
}

/** @param {string} marker @param {string} recipe */
const isComplete = (marker, recipe) => existsSync(marker) && readFileSync(marker, 'utf8') === recipe;

/**
 * A folder of the cache, installed once. The marker is written last, so a half install is thrown away and redone; the
 * lock keeps two test runs from installing at once, and a lock whose owner died goes stale after half a minute.
 * @param {string} name folder name
 * @param {string} recipe what is installed and how; another recipe means another install
 * @param {(folder: string) => Promise<void>} install fills the empty folder
 * @returns {Promise<string>} the folder
 */
export async function provide(name, recipe, install) {
  const folder = path.join(cacheRoot(), name);
  const marker = path.join(folder, 'complete');
  if (isComplete(marker, recipe)) return folder;
  mkdirSync(cacheRoot(), { recursive: true });
  if (await lockfile.check(folder, { realpath: false, stale: 30_000 })) {
    console.log(`test cache: waiting for another process that installs ${name}`);
  }
  const release = await lockfile.lock(folder, {
    realpath: false,
    stale: 30_000,
    update: 5_000,
    retries: { retries: 1_800, minTimeout: 1_000, maxTimeout: 1_000, factor: 1 },
  });
  try {
    if (isComplete(marker, recipe)) return folder;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const start = Date.now();
    console.log(`test cache: installing ${name} into ${folder}`);
    await install(folder);
    writeFileSync(marker, recipe);
    console.log(`test cache: installed ${name} in ${Math.round((Date.now() - start) / 1000)} s`);
    return folder;
  } finally {
    await release();
  }
}
