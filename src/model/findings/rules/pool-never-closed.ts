import type { Finding } from '../../types/index.ts';
import { notedFinding, waitPlace } from '../kit/noted.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';
import { countWords, resourceWords } from '../kit/words.ts';

/** The owner exits, or has nothing else to do, with live workers and without close() or terminate(). */
export const poolNeverClosed: Rule = {
  kind: 'pool-never-closed',
  summary: "A process can't exit, since its pool was never closed.",
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['lock-cycle'],
  check(context) {
    const { world, graph } = context;
    const findings: Finding[] = [];
    for (const resource of world.resources) {
      const { pool } = resource;
      const owner = pool?.owner ?? null;
      if (pool === null || owner === null || !owner.alive || pool.closedAt !== null || pool.open.size > 0)
        continue;
      const workers = [...pool.workerPids].flatMap((pid) => world.processes.at(pid, context.now) ?? []);
      const alive = workers.filter((worker) => worker.alive);
      if (alive.length === 0 || owner.exitingAt === null) continue;
      const unit = graph.unit(owner, 0);
      const stuck = context.certain.units.has(unit);
      if (!stuck && !graph.lasted(owner.exitingAt)) continue;
      const name = resourceWords(world, resource);
      findings.push(
        notedFinding(context, {
          ...(stuck ? { certainty: 'certain', stuck: [unit] } : { certainty: 'suspected' }),
          blocking: true,
          title: `${owner.process.name} can't exit: ${name} was never closed`,
          time: owner.exitingAt,
          processes: [owner.process, ...alive],
          resources: [resource],
          places: [
            {
              role: 'created',
              thread: owner,
              resource,
              site: resource.createdSite,
              time: resource.createdAt ?? 0,
            },
            ...[...owner.waits.values()].map(waitPlace),
          ],
          explanation: `${owner.process.name} has begun to exit, ${countWords(alive.length, 'worker')} of ${name} still ${alive.length === 1 ? 'waits' : 'wait'} for tasks, and there was no close() or terminate().`,
          fix: 'Write `await using pool = new Pool(…)`, or call close() and join() when the last task is submitted.',
        }),
      );
      for (const wait of owner.waits.values()) context.claimed.add(wait);
    }
    return findings;
  },
};
