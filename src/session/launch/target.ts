import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { codeOf } from '../../base/errors.ts';
import { noSuchFolder, noSuchScript, notAScript, scriptIsFolder, unreadableScript } from '../core/errors.ts';
import type { UserError } from '../core/user-error.ts';
import { statOf } from '../files/stat.ts';

/** What is run: a script on the user's Node, or any command. */
export type LaunchTarget =
  | { readonly kind: 'script'; readonly file: string; readonly args: readonly string[] }
  | { readonly kind: 'command'; readonly command: string; readonly args: readonly string[] };

const SCRIPTS = new Set(['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx', '']);

/**
 * The absolute path of a script that can be started.
 * @throws UserError saying what is wrong with it
 */
export function checkScript(given: string, cwd: string): string {
  const file = path.resolve(cwd, given);
  const stat = statOf(file);
  if (stat === undefined) throw notThere(given, file);
  if (stat.isDirectory()) throw scriptIsFolder(given);
  if (!SCRIPTS.has(path.extname(file))) {
    throw notAScript(given);
  }
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    throw unreadableScript(given, error);
  }
  return file;
}

/** A script in a folder that may not be looked into is not missing. */
function notThere(given: string, file: string): UserError {
  try {
    accessSync(file);
  } catch (error) {
    const isMissing = ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
    return isMissing ? noSuchScript(given, error) : unreadableScript(given, error);
  }
  return noSuchScript(given);
}

/** @throws UserError when the program's working folder is not one */
export function checkFolder(given: string): string {
  const folder = path.resolve(given);
  if (!statOf(folder)?.isDirectory()) throw noSuchFolder(given);
  return folder;
}
