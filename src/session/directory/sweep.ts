import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cacheFolder } from '../files/cache-folder.ts';
import { sweepStableFiles } from '../files/stable-files.ts';
import { namedByProcesses } from '../os/named.ts';
import { isSweepDue, sweepTraces } from './retention.ts';

/**
 * Deletes old temporary traces and empties unused copies of what programs load, once an hour at most.
 * @param keep a trace that stays
 */
export function sweep(keep: string): void {
  try {
    const cache = cacheFolder();
    if (!isSweepDue(cache)) return;
    const suspects = new Suspects(cache);
    const how = { confirm: suspects.confirm, isNamed: namedByProcesses() };
    sweepTraces(keep, undefined, os.tmpdir(), undefined, how);
    sweepStableFiles(cache, how);
    suspects.save();
  } catch {
    // A folder that can't be read now is swept next time.
  }
}

/**
 * What a sweep finds to be old goes only when the next one, an hour later or more, finds so too. A wall clock that is set ahead
 * makes everything old at once; whoever uses something says so again before that hour is over, or the clock is right again.
 */
export class Suspects {
  readonly #file: string | undefined;
  readonly #before: ReadonlySet<string>;
  readonly #now: string[] = [];

  /** @param cache see `cacheFolder`; without one nothing can be remembered, and nothing is confirmed */
  constructor(cache: string | undefined) {
    this.#file = cache && path.join(cache, 'suspects');
    this.#before = new Set(this.#file === undefined ? [] : readLines(this.#file));
  }

  readonly confirm = (found: string): boolean => {
    this.#now.push(found);
    return this.#before.has(found);
  };

  /** For the next sweep. */
  save(): void {
    if (this.#file !== undefined) writeFileSync(this.#file, this.#now.map((line) => `${line}\n`).join(''));
  }
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
