import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { PausedBy } from '../../trace/format/definitions.ts';
import { LineParser } from '../../trace/format/lines.ts';
import { isWitnessName, witnessPid } from '../../trace/format/segment.ts';
import { readObservation } from '../../trace/reader/schema.ts';
import { isAlive } from '../os/liveness.ts';

/** A process that a witness has told to be paused. */
export interface Held {
  readonly pid: number;
  readonly by: PausedBy;
}

/**
 * Witnesses that are gone without a word: a window that was reloaded, or has crashed. Its debugger is gone with it, and lets its
 * processes go; else they would be shown as paused as long as they live, and nothing be held against anybody.
 */
export class LostWitnesses {
  readonly #dir: string;
  /** Names of files whose writers are gone: nothing more comes of them. */
  readonly #done = new Set<string>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Whom those held who are gone since the last look. */
  look(): Held[] {
    const names = readdirSync(this.#dir).filter((name) => isWitnessName(name) && !this.#done.has(name));
    return names.flatMap((name) => {
      const file = path.join(this.#dir, name);
      if (isAlive(witnessPid(name), statSync(file).mtimeMs)) return [];
      this.#done.add(name);
      return heldIn(file);
    });
  }
}

function heldIn(file: string): Held[] {
  const held = new Map<string, Held>();
  for (const { value } of new LineParser().push(readFileSync(file), true).lines) {
    const seen = readObservation(value, { count: 0 });
    if (typeof seen !== 'object' || (seen.type !== 'paused' && seen.type !== 'resumed')) continue;
    const { pid, by } = seen;
    if (seen.type === 'paused') held.set(`${pid} ${by}`, { pid, by });
    else held.delete(`${pid} ${by}`);
  }
  return [...held.values()];
}
