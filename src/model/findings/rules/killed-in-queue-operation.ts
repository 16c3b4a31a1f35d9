import { KIND } from '../../../trace/format/records.ts';
import type { ResourceEntity, Wait } from '../../state/entities.ts';
import type { Finding } from '../../types/index.ts';
import { notedFinding, waitPlace } from '../kit/noted.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';
import { countWords, resourceWords, threadWords } from '../kit/words.ts';

/** A process was killed inside put or get, and now others do not get on with the same queue. */
export const killedInQueueOperation: Rule = {
  kind: 'killed-in-queue-operation',
  summary: 'A queue does not move since a process was killed inside put or get.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['pipe-no-eof'],
  check(context) {
    const { world, graph, claimed } = context;
    const findings: Finding[] = [];
    for (const resource of world.resources) {
      const killed = [...resource.waiters].filter(
        (wait) => !wait.thread.alive && wait.thread.process.exit?.signal != null,
      );
      if (killed.length === 0) continue;
      const death = Math.max(...killed.map((wait) => wait.thread.end ?? 0));
      const blocked = [...resource.waiters].filter(
        (wait) => wait.thread.alive && !claimed.has(wait) && helpless(resource, wait),
      );
      if (blocked.length === 0 || !blocked.every((wait) => graph.lasted(Math.max(death, wait.since))))
        continue;
      for (const wait of blocked) claimed.add(wait);
      const dead = killed[killed.length - 1] as Wait;
      const name = resourceWords(world, resource);
      findings.push(
        notedFinding(context, {
          certainty: 'suspected',
          blocking: true,
          title: `${name} does not move since ${threadWords(dead.thread)} was killed inside of it`,
          time: death,
          processes: [dead.thread.process, ...blocked.map((wait) => wait.thread.process)],
          resources: [resource],
          places: [waitPlace(dead), ...blocked.map(waitPlace)],
          explanation: `${threadWords(dead.thread)} was killed between the begin and the end of an operation on ${name}; since then ${countWords(blocked.length, 'process')} cannot go on with it, though the queue has what ${blocked.length === 1 ? 'it asks' : 'they ask'} for.`,
          fix: 'End workers with an end marker or an event instead of a signal, and give a killed worker’s queue up.',
        }),
      );
    }
    return findings;
  },
};

/** A getter that waits though items are there, a putter though there is room. */
function helpless(resource: ResourceEntity, wait: Wait): boolean {
  if (resource.lossy) return false;
  const depth = resource.uses.reduce((sum, use) => sum + use.sent - use.received, 0);
  if (wait.kind === KIND.waitReceive) return depth > 0;
  return wait.kind === KIND.waitSend && resource.capacity > 0 && depth < resource.capacity;
}
