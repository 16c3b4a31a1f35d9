import { KIND } from '../../../trace/format/records.ts';
import type { ResourceEntity, Wait } from '../../state/entities.ts';
import type { Finding } from '../../types/index.ts';
import { notedFinding, waitPlace } from '../kit/noted.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';
import { countWords, doesWords, resourceWords, threadWords, unitWords } from '../kit/words.ts';

function receivers(resource: ResourceEntity): Wait[] {
  return [...resource.waiters].filter((wait) => wait.thread.alive && wait.kind === KIND.waitReceive);
}

/** A put was rejected (not serialisable, or closed), and a consumer waits for it. */
export const itemNotDelivered: Rule = {
  kind: 'item-not-delivered',
  summary: 'A put was rejected (it could not be serialised), and a consumer waits for it.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['pipe-both-receiving'],
  check(context) {
    const { world, certain, graph, claimed } = context;
    const findings: Finding[] = [];
    for (const resource of world.resources) {
      const rejected = resource.uses.filter((use) => use.rejected > 0);
      const waits = receivers(resource).filter((wait) => wait.timeoutMs === null && !claimed.has(wait));
      const [use] = rejected;
      if (use === undefined || waits.length === 0) continue;
      const waiters = waits.map((wait) => graph.unit(wait.thread, 0));
      const stuck = waiters.every((unit) => certain.units.has(unit));
      const time = Math.max(...rejected.map((r) => r.rejectedTime), ...waits.map((wait) => wait.since));
      if (!stuck && !graph.lasted(time)) continue;
      for (const wait of waits) claimed.add(wait);
      const name = resourceWords(world, resource);
      const waiter = unitWords(graph.unit((waits[0] as Wait).thread, 0));
      findings.push(
        notedFinding(context, {
          certainty: stuck ? 'certain' : 'suspected',
          ...(stuck && { stuck: waiters }),
          blocking: true,
          title: `${waiter} ${doesWords(world, waits[0] as Wait)}, which ${threadWords(use.thread)} could not send`,
          time,
          processes: [...rejected.map((r) => r.thread.process), ...waits.map((wait) => wait.thread.process)],
          resources: [resource],
          places: [
            ...rejected.map((r) => ({
              role: 'sent' as const,
              thread: r.thread,
              resource,
              site: r.rejectedSite,
              time: r.rejectedTime,
            })),
            ...waits.map(waitPlace),
          ],
          explanation: `${countWords(use.rejected, 'item')} put into ${name} by ${threadWords(use.thread)} could not be serialised or came after its end, so nobody gets ${use.rejected === 1 ? 'it' : 'them'}.`,
          fix: 'Handle the rejection of put(), and send plain data: functions, sockets and class instances with native parts do not travel.',
        }),
      );
    }
    return findings;
  },
};
