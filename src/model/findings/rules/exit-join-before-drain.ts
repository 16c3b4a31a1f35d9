import { joinBeforeDrainCheck } from '../kit/drain.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';

export const exitJoinBeforeDrain: Rule = {
  kind: 'exit-join-before-drain',
  summary: "A process at its end joins a child that can't end before its queue is read.",
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['sync-spawn-cycle'],
  check: joinBeforeDrainCheck(true),
};
