import { heldByDead } from '../kit/owner.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';

/** A lock of the runtime knows when its owner is dead; a file does not. */
export const staleLockFile: Rule = {
  kind: 'stale-lock-file',
  summary: 'A process waits for a lock file that was left behind by one that has ended.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  check: (context) =>
    heldByDead(
      context,
      ({ resource }) => resource.kind === 'lockFile',
      (file) =>
        `Remove ${file} in a finally block and when the process is asked to end. Write the pid into it, and let whoever waits take it over when that process is gone; or use a lock that the system frees with its owner.`,
    ),
};
