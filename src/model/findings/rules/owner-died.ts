import type { Hold } from '../../state/entities.ts';
import type { Finding } from '../../types/index.ts';
import { whole } from '../../types/whole.ts';
import { idOf } from '../kit/finding.ts';
import { FIX, heldByDead, isDeadWorker } from '../kit/owner.ts';
import { ToldApart } from '../kit/places.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';
import { resourceWords, threadWords } from '../kit/words.ts';

/**
 * Still waited for (blocking), or freed by the runtime (said once, since what the lock protects may be damaged).
 */
export const ownerDied: Rule = {
  kind: 'owner-died',
  summary: 'A process exited with a lock held, and the lock was asked for afterwards.',
  blocks: 'sometimes',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['lost-notify', 'stale-lock-file'],
  check(context) {
    const { world } = context;
    const freed = world.resources.flatMap(({ deaths }) =>
      deaths
        .filter(({ hold }) => !world.endedWithProgram(hold.thread.process))
        .map((death) => recovered(context, death)),
    );
    return [...heldByDead(context, (hold) => !isDeadWorker(hold)), ...freed];
  },
};

function recovered(
  { world, rule: { kind } }: RuleContext,
  death: { hold: Hold; time: number; by: { id: string; process: { id: string } } },
): Finding {
  const { hold, time } = death;
  const lock = resourceWords(world, hold.resource);
  const dead = threadWords(hold.thread, hold.task);
  const { thread, resource, site, since } = hold;
  const told = new ToldApart(world, [{ role: 'acquired', thread, resource, site, time: since }]);
  return {
    id: idOf(kind, [hold.resource.key, String(hold.ticket)]),
    kind,
    certainty: 'certain',
    blocking: false,
    title: `${dead} died holding ${lock}; the lock was freed`,
    time: whole(time),
    processes: [hold.thread.process.id, death.by.process.id],
    resources: [hold.resource.key],
    sites: told.sites(),
    chain: [],
    explanation: `${dead} ended while it held ${lock}. The runtime gave the lock to the next one with OwnerDiedError.`,
    fix: FIX,
    proof: null,
  };
}
