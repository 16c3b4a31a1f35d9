import { joinBeforeDrainCheck } from '../kit/drain.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';

export const joinBeforeDrain: Rule = {
  kind: 'join-before-drain',
  summary:
    "A process joins a child that can't end before its queue is read, and the joiner is the only one who could read.",
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['sync-spawn-cycle'],
  check: joinBeforeDrainCheck(false),
};
