import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { traceNotAFolder, traceNotEmpty, unwritableTrace } from '../core/errors.ts';
import { makeFolder } from '../files/make-folder.ts';
import { probeSpace } from '../files/space.ts';
import { statOf } from '../files/stat.ts';

/** Begin of the names of traces in the temporary folder: retention deletes only what is called so. */
export const TEMPORARY_PREFIX = 'forkscope-trace-';

/**
 * Makes the directory of a new trace, readable by its user alone.
 * @param given path that the user wants, `undefined`: a fresh one in the temporary folder
 * @returns absolute path
 * @throws UserError when it can't be made or written, or holds something already
 */
export function createTraceDirectory(given: string | undefined): string {
  const dir = given === undefined ? makeTemporary() : makeGiven(path.resolve(given), given);
  try {
    probeSpace(dir);
  } catch (error) {
    // It is empty: the same folder can be given again.
    if (given === undefined) rmSync(dir, { recursive: true, force: true });
    throw unwritableTrace(given ?? dir, error);
  }
  return dir;
}

function makeTemporary(): string {
  try {
    return mkdtempSync(path.join(os.tmpdir(), TEMPORARY_PREFIX));
  } catch (error) {
    throw unwritableTrace(os.tmpdir(), error);
  }
}

function makeGiven(dir: string, given: string): string {
  const there = statOf(dir);
  if (there !== undefined && !there.isDirectory()) {
    throw traceNotAFolder(given);
  }
  try {
    makeFolder(dir);
    if (readdirSync(dir).length === 0) return dir;
  } catch (error) {
    throw unwritableTrace(given, error);
  }
  throw traceNotEmpty(given);
}
