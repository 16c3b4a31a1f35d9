import { heldByDead, isDeadWorker } from '../kit/owner.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';

export const workerDiedHoldingLock: Rule = {
  kind: 'worker-died-holding-lock',
  summary:
    'A worker thread ended with a lock held while its process lives on, and the lock was asked for afterwards.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['lost-notify', 'stale-lock-file'],
  check: (context) => heldByDead(context, isDeadWorker),
};
