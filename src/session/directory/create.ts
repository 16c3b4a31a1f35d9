import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { codeOf, reasonOf, UserError } from '../errors.ts';
import { statOf } from '../stat.ts';
import { makeFolder } from './make-folder.ts';

/** Names of traces in the temporary folder, so that retention knows its own. */
export const TEMPORARY_PREFIX = 'forkscope-trace-';
/** A full disk is found before the program starts, not by its first lost records. */
const LEAST_SPACE = 64 * 1024;

/**
 * Makes the directory of a new trace, readable by its user alone.
 * @param given path that the user wants, `undefined`: a fresh one in the temporary folder
 * @returns absolute path
 * @throws UserError when it can't be made or written, or holds something already
 */
export function createTraceDirectory(given: string | undefined): string {
  const dir = given === undefined ? makeTemporary() : makeGiven(path.resolve(given), given);
  try {
    const probe = path.join(dir, '.space');
    writeFileSync(probe, Buffer.alloc(LEAST_SPACE));
    rmSync(probe);
  } catch (error) {
    throw unwritable(given ?? dir, error);
  }
  return dir;
}

function makeTemporary(): string {
  try {
    return mkdtempSync(path.join(os.tmpdir(), TEMPORARY_PREFIX));
  } catch (error) {
    throw unwritable(os.tmpdir(), error);
  }
}

function makeGiven(dir: string, given: string): string {
  const there = statOf(dir);
  if (there !== undefined && !there.isDirectory()) {
    throw new UserError(`can't write the trace to ${given}: it is not a directory`);
  }
  try {
    makeFolder(dir);
    if (readdirSync(dir).length === 0) return dir;
  } catch (error) {
    throw unwritable(given, error);
  }
  throw new UserError(`${given} is not empty; give a new or an empty folder for the trace`);
}

function unwritable(given: string, error: unknown): UserError {
  const hint = codeOf(error) === 'ENOSPC' ? '; give another one with --trace DIR' : '';
  return new UserError(`can't write the trace to ${given}: ${reasonOf(error)}${hint}`);
}
