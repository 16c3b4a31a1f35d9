import { sourcesOf, tellsAll } from '../graph/need.ts';
import type { Unit } from '../graph/unit.ts';
import { listWords, unitWords } from './words.ts';

/** Why the units can't go on by themselves: a sentence for all of whom the same is true. */
export function evidence(units: readonly Unit[]): string[] {
  const groups = new Map<(who: string, many: boolean) => string, string[]>();
  for (const unit of units) {
    const why = reasonOf(unit);
    groups.set(why, [...(groups.get(why) ?? []), unitWords(unit)]);
  }
  return [...groups].map(([why, names]) => `${why(listWords(names, 6), names.length > 1)}.`);
}

const inSyncCall = (who: string, many: boolean) =>
  `${who} ${many ? 'are' : 'is'} blocked in a synchronous call without a timeout`;
const inOwnTask = (who: string) => `In ${who} nothing else runs in the task that waits`;
const atRest = (who: string, many: boolean) =>
  `Nothing but what ${many ? 'they wait' : 'it waits'} for keeps ${who} alive, and no timer is armed`;
const mayGoOn = (who: string) => `Other code of ${who} may still run`;

function reasonOf({ thread, task }: Unit): (who: string, many: boolean) => string {
  if (thread.syncWait !== null) return inSyncCall;
  if (task !== 0) return inOwnTask;
  return tellsAll(thread) && !sourcesOf(thread).some(({ kind }) => kind === 'timer') ? atRest : mayGoOn;
}
