import { KIND } from '../../../trace/format/records.ts';
import { chains, linkOf } from '../kit/cycles.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';
import {
  badEndsWords,
  deadWords,
  doesWords,
  listWords,
  resourceWords,
  threadWords,
  unitWords,
} from '../kit/words.ts';

/**
 * A reader waits on an empty channel, and nobody will put anything: the intended writers are gone, or wait for the reader's
 * end. A write end that the reader itself still has open keeps the end of file away.
 */
export const pipeNoEof: Rule = {
  kind: 'pipe-no-eof',
  summary: 'A reader waits, and nobody will send any more: the writers are gone, or wait for the reader.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['lost-notify', 'pipe-both-receiving', 'item-not-delivered', 'pool-never-closed'],
  check: chains((context, chain) => {
    const link = linkOf(chain, KIND.waitReceive);
    const resource = link?.wait.resource;
    if (link === undefined || resource == null) return null;
    const name = resourceWords(context.world, resource);
    const gone = resource.uses.filter(
      (use) => use.sent > 0 && !use.thread.alive && use.thread !== link.unit.thread,
    );
    const own = resource.uses.some((use) => use.thread.process === link.unit.thread.process && use.canSend);
    const reasons: string[] = [];
    if (gone.length > 0)
      reasons.push(
        `${listWords(gone.map((use) => threadWords(use.thread)))}, which sent into ${name}, has exited.`,
      );
    const silent = link.dead.filter((thread) => !gone.some((use) => use.thread === thread));
    if (silent.length > 0 && !resource.lossy)
      reasons.push(`${deadWords(silent)}, and had sent nothing into ${name}.`);
    if (own && resource.kind === 'pipe')
      reasons.push(`${unitWords(link.unit)} has a write end of ${name} itself, so it never sees the end.`);
    if (chain.cycle) reasons.push(`Those who could still send wait for ${unitWords(link.unit)}.`);
    if (reasons.length === 0) reasons.push(`Nobody who could send into ${name} is alive.`);
    const pipe = resource.kind === 'pipe';
    return {
      title: `${badEndsWords(link.dead)}${unitWords(link.unit)} ${doesWords(context.world, link.wait)}, and nobody will send any more`,
      reason: reasons.join(' '),
      fix: pipe
        ? 'Close the ends that a process does not use (the parent closes the write end that it gave away), so that the reader gets its end of file.'
        : 'Send an end marker for every reader before joining it, or end the readers with terminate().',
    };
  }),
};
