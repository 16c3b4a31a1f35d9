import { KIND } from '../../../trace/format/records.ts';
import { type Chain, chains, freeEnders, linkOf } from '../kit/cycles.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';
import { badEndsWords, countWords, deadWords, resourceWords } from '../kit/words.ts';

/** Those who wait and those who could still arrive are fewer than the barrier's parties. */
export const barrierMismatch: Rule = {
  kind: 'barrier-mismatch',
  summary: 'Those who wait at a barrier and those who could still come are fewer than its parties.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['missing-task-done'],
  check: chains((context, chain) => {
    const link = linkOf(chain, KIND.waitBarrier);
    const resource = link?.wait.resource;
    if (link === undefined || resource == null) return null;
    const free = freeEnders(context, chain, link);
    // A live process that could arrive itself may also start others that do.
    if (free.length > 0 && !lasted(context, chain)) return null;
    const waiting = [...resource.waiters].filter((wait) => wait.thread.alive).length;
    const name = resourceWords(context.world, resource);
    const told = link.dead.length === 0 ? '' : ` ${deadWords(link.dead)}.`;
    for (const wait of resource.waiters) context.claimed.add(wait);
    return {
      ...(free.length > 0 ? { certainty: 'suspected' as const } : {}),
      title: `${badEndsWords(link.dead)}${name} needs ${countWords(resource.capacity, 'party')}, ${waiting} wait and at most ${free.length} more can come`,
      reason: `${countWords(resource.capacity - waiting, 'party')} of ${name} ${resource.capacity - waiting === 1 ? 'is' : 'are'} missing, and whoever could still have come has exited or is stuck itself.${told}`,
      fix: 'Make the number of parties equal to the number of processes that call wait(), call abort() when one of them fails, or wait with a timeout.',
    };
  }),
};

function lasted(context: RuleContext, chain: Chain): boolean {
  return chain.links.every((link) => context.graph.lasted(link.wait.since));
}
