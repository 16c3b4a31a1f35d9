import { KIND } from '../../../trace/format/records.ts';
import { circles, linkOf } from '../kit/cycles.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';
import { childWords, unitWords } from '../kit/words.ts';

/** The parent stands in spawnSync, execSync … of a child that waits for the parent. */
export const syncSpawnCycle: Rule = {
  kind: 'sync-spawn-cycle',
  summary: 'A process stands in `spawnSync` (or `execSync` …) of a child that waits for it.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['lock-cycle'],
  check: circles((_context, chain) => {
    const spawn = linkOf(chain, KIND.waitSyncSpawn);
    if (spawn === undefined) return null;
    const parent = unitWords(spawn.unit);
    return {
      title: `${parent} waits synchronously for ${childWords(spawn.wait)}, which waits for ${parent}`,
      reason: `While ${parent} is in a synchronous spawn its event loop stands still, so it can answer nobody.`,
      fix: 'Use the asynchronous form (spawn, execFile with a promise) so that the parent can answer while the child runs.',
    };
  }),
};
