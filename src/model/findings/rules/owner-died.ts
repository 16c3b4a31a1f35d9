import { KIND } from '../../../trace/format/records.ts';
import type { Hold } from '../../state/entities.ts';
import type { World } from '../../state/world.ts';
import type { Finding } from '../../types/index.ts';
import { deadEnds } from '../kit/cycles.ts';
import { addSite, chainFinding, idOf } from '../kit/finding.ts';
import type { Rule } from '../kit/rule.ts';
import { resourceWords, threadWords, unitWords } from '../kit/words.ts';

const FIX =
  'Release in a finally block (`await using guard = await lock.acquire()` does), and let whoever waits treat OwnerDiedError: what the lock protects may be half changed.';

/**
 * A lock whose holder has exited: still waited for (blocking), or freed by the runtime (said once, since what the lock
 * protects may be damaged). A worker thread that dies in a living process: `worker-died-holding-lock`.
 */
export const ownerDied: Rule = (context) => {
  const findings: Finding[] = [];
  for (const chain of deadEnds(context)) {
    const { link } = chain;
    const { resource } = link.wait;
    if (link.wait.kind !== KIND.waitAcquire || resource === null) continue;
    const hold = [...resource.holds.values()].find((h) => !h.thread.alive);
    if (hold === undefined) continue;
    const lock = resourceWords(context.world, resource);
    const dead = threadWords(hold.thread, hold.task);
    findings.push(
      chainFinding(context, chain.stuck, {
        kind: kindOf(hold),
        certainty: chain.stuck.certainty,
        title: `${unitWords(link.unit)} waits for ${lock}, whose holder ${dead} has ended`,
        links: chain.links,
        reason: `${dead} ended (${endWords(hold)}) without releasing ${lock}, and nobody else who has it could.`,
        fix: FIX,
        extraProcesses: [hold.thread.process],
      }),
    );
  }
  for (const resource of context.world.resources) {
    for (const death of resource.deaths) findings.push(recovered(context.world, death));
  }
  return findings;
};

function kindOf(hold: Hold): 'owner-died' | 'worker-died-holding-lock' {
  return hold.thread.threadId !== 0 && hold.thread.process.alive ? 'worker-died-holding-lock' : 'owner-died';
}

function endWords(hold: Hold): string {
  const { exit } = hold.thread.process;
  if (hold.thread.process.alive) return 'its worker thread stopped';
  if (exit?.signal != null) return `killed by ${exit.signal}`;
  return exit?.code == null ? 'its exit code is not known' : `exit code ${exit.code}`;
}

function recovered(
  world: World,
  death: { hold: Hold; time: number; by: { id: string; process: { id: string } } },
): Finding {
  const { hold, time } = death;
  const lock = resourceWords(world, hold.resource);
  const dead = threadWords(hold.thread, hold.task);
  const sites: Finding['sites'][number][] = [];
  addSite(world, sites, 'acquired', hold.thread, hold.resource, hold.site, hold.since);
  return {
    id: idOf('owner-died', [hold.resource.key, String(hold.ticket)]),
    kind: 'owner-died',
    certainty: 'certain',
    blocking: false,
    title: `${dead} died holding ${lock}; the lock was freed`,
    time,
    processes: [hold.thread.process.id, death.by.process.id],
    resources: [hold.resource.key],
    sites,
    chain: [],
    explanation: `${dead} ended while it held ${lock}. The runtime gave the lock to the next one with OwnerDiedError.`,
    fix: FIX,
  };
}
