import { KIND } from '../../../trace/format/records.ts';
import type { Finding } from '../../types/index.ts';
import { onlyKinds, openCycles, threadsOf } from '../kit/cycles.ts';
import { chainFinding } from '../kit/finding.ts';
import type { Rule } from '../kit/rule.ts';
import { resourceWords, unitWords } from '../kit/words.ts';

/**
 * A lock is requested by its holder. Without proof it is not even suspected: two tasks of one thread that take turns on
 * a lock look the same.
 */
export const selfDeadlock: Rule = {
  kind: 'self-deadlock',
  summary:
    'A lock is requested by its own holder, and it is not recursive (or the request comes from another task of the holder).',
  blocks: 'always',
  outlives: true,
  thresholds: {},
  check(context) {
    const findings: Finding[] = [];
    for (const cycle of openCycles(context)) {
      if (threadsOf(cycle) > 1 || !onlyKinds(cycle, KIND.waitAcquire)) continue;
      if (cycle.links.length > 1 && new Set(cycle.links.map((link) => link.wait.resource)).size > 1) continue;
      const [link] = cycle.links;
      const resource = link?.wait.resource;
      if (link === undefined || resource == null) continue;
      if (cycle.stuck.certainty === 'suspected') {
        context.claimed.add(link.wait);
        continue;
      }
      const lock = resourceWords(context.world, resource);
      const who = unitWords(link.unit);
      findings.push(
        chainFinding(context, cycle.stuck, {
          certainty: 'certain',
          title: `${who} waits for ${lock}, which it holds itself`,
          links: cycle.links,
          reason: `${who} took ${lock} and asks for it again before giving it back; only ${who} could release it.`,
          fix:
            resource.kind === 'lock'
              ? 'Take the lock once and pass on that it is held, or use an RLock, which its owner may take again (in the same task).'
              : `Release the ${resource.kind === 'rlock' ? 'lock before waiting for the task that asks for it' : 'first unit before asking for the next, or give it a larger initial value'}.`,
        }),
      );
    }
    return findings;
  },
};
