import { type Stats, statSync } from 'node:fs';

/** What is at a path; `undefined` where there is nothing, or nothing that can be looked at. */
export function statOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
