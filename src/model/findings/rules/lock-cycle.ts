import { KIND } from '../../../trace/format/records.ts';
import { type Chain, circles, hasKind, membersWords, onlyKinds } from '../kit/cycles.ts';
import { unique } from '../kit/finding.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';
import { listWords, resourceWords } from '../kit/words.ts';

/** A circle of waits in which at least one is for a lock: held → requested → held …, joins and queues included. */
export const lockCycle: Rule = {
  kind: 'lock-cycle',
  summary: 'Two or more processes, threads or tasks each hold a lock that another one of them asks for.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['self-deadlock', 'stdout-not-drained'],
  check: circles((context, chain) => {
    if (!hasKind(chain, KIND.waitAcquire)) return null;
    const who = membersWords(chain);
    const locks = lockNames(context, chain);
    const many = listWords(locks);
    if (!onlyKinds(chain, KIND.waitAcquire)) {
      return {
        title: `${who} wait for each other through ${many}`,
        reason: `The holder of ${many} waits for somebody who needs ${many} to go on.`,
        fix: 'Release the lock before waiting for the other process, or let the other process finish what needs the lock first.',
      };
    }
    return {
      title: `${who} wait for each other's locks: ${many}`,
      reason:
        'Each holds a lock that the next one asks for, and none gives its own back before it gets the other.',
      fix: `Take these locks in the same order everywhere (for example ${listWords([...locks].sort())}), or acquire with a timeout and give the first lock back when the next is not to be had.`,
    };
  }),
};

function lockNames(context: RuleContext, chain: Chain): string[] {
  const locks: string[] = [];
  for (const { wait } of chain.links) {
    if (wait.kind === KIND.waitAcquire && wait.resource !== null)
      locks.push(resourceWords(context.world, wait.resource));
  }
  return unique(locks);
}
