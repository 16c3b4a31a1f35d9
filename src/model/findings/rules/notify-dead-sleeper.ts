import { KIND } from '../../../trace/format/records.ts';
import type { Wait } from '../../state/entities.ts';
import type { Finding } from '../../types/index.ts';
import { notedFinding, waitPlace } from '../kit/noted.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';
import { resourceWords, threadWords } from '../kit/words.ts';

/** A notify came after a registered waiter had died, and one that lives and was there before was not woken by it. */
export const notifyDeadSleeper: Rule = {
  kind: 'notify-dead-sleeper',
  summary: 'A notify went to a waiter that had died, and the one that lives was not woken.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['lost-notify'],
  check(context) {
    const { world, graph, claimed } = context;
    const findings: Finding[] = [];
    for (const resource of world.resources) {
      if (resource.kind !== 'condition' || resource.lastNotify < 0) continue;
      const sleepers = [...resource.waiters].filter((wait) => wait.kind === KIND.waitCondition);
      const dead = sleepers.find(
        (wait) => !wait.thread.alive && (wait.thread.end ?? 0) <= resource.lastNotify,
      );
      const alive = sleepers.filter(
        (w) => w.thread.alive && w.since <= resource.lastNotify && !claimed.has(w),
      );
      const untimed = alive.filter((wait) => wait.timeoutMs === null);
      if (dead === undefined || untimed.length === 0 || !graph.lasted(resource.lastNotify)) continue;
      const first = untimed[0] as Wait;
      for (const wait of untimed) claimed.add(wait);
      const name = resourceWords(world, resource);
      findings.push(
        notedFinding(context, {
          certainty: 'suspected',
          blocking: true,
          title: `A notify on ${name} may have gone to ${threadWords(dead.thread)}, which had died waiting`,
          time: resource.lastNotify,
          processes: [dead.thread.process, ...untimed.map((wait) => wait.thread.process)],
          resources: [resource],
          places: [waitPlace(dead), ...untimed.map(waitPlace)],
          explanation: `${threadWords(dead.thread)} ended while it waited on ${name}; the notify after that did not wake ${threadWords(first.thread)}, which waited before it.`,
          fix: 'Use notifyAll() where waiters may be killed, and wait in a loop over the state with a timeout.',
        }),
      );
    }
    return findings;
  },
};
