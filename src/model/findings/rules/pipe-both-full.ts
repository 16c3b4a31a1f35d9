import { KIND } from '../../../trace/format/records.ts';
import { cycleRule, onlyKinds } from '../kit/cycles.ts';
import { unique } from '../kit/finding.ts';
import { listWords, unitWords } from '../kit/words.ts';

/** Everybody in the circle sends into something full, and so nobody receives. */
export const pipeBothFull = cycleRule((_context, chain) => {
  if (!onlyKinds(chain, KIND.waitSend, KIND.waitFlush)) return null;
  const who = listWords(unique(chain.links.map((link) => unitWords(link.unit))));
  return {
    kind: 'pipe-both-full',
    title: `${who} send to each other, and all buffers are full`,
    reason: 'Each waits for room that only the other one could make by receiving, and each is busy sending.',
    fix: 'Let one side receive before it sends more, send from a task or thread of its own, or agree on who speaks first.',
  };
});
