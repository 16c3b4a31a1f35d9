import { KIND } from '../../../trace/format/records.ts';
import { circles, membersWords, onlyKinds, threadsOf } from '../kit/cycles.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';

/** Everybody in the circle waits for a message that only the others could send; all buffers are empty. */
export const pipeBothReceiving: Rule = {
  kind: 'pipe-both-receiving',
  summary: 'Everybody in a circle waits for a message from the others; all channels between them are empty.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  check: circles((_context, chain) => {
    if (!onlyKinds(chain, KIND.waitReceive) || threadsOf(chain) < 2) return null;
    const who = membersWords(chain);
    return {
      title: `${who} wait for messages from each other, and nothing is on its way`,
      reason:
        'Each waits for a message that only another one of them could send; the channels between them are empty.',
      fix: 'Let one side send first, receive with a timeout, or send an end marker when there will be nothing more.',
    };
  }),
};
