import { KIND } from '../../../trace/format/records.ts';
import { circles, membersWords, onlyKinds } from '../kit/cycles.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';

/** Everybody in the circle sends into something full, and so nobody receives. */
export const pipeBothFull: Rule = {
  kind: 'pipe-both-full',
  summary: 'Everybody in a circle sends into a full channel, and so nobody receives.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['stdout-not-drained'],
  check: circles((_context, chain) => {
    if (!onlyKinds(chain, KIND.waitSend, KIND.waitFlush)) return null;
    const who = membersWords(chain);
    return {
      title: `${who} send to each other, and all buffers are full`,
      reason:
        'Each waits for room that only the other one could make by receiving, and each is busy sending.',
      fix: 'Let one side receive before it sends more, send from a task or thread of its own, or agree on who speaks first.',
    };
  }),
};
