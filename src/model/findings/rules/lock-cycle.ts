import { KIND } from '../../../trace/records.ts';
import type { Finding } from '../../types.ts';
import { type Cycle, hasKind, onlyKinds, openCycles } from '../cycles.ts';
import { chainFinding, unique } from '../finding.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { listWords, resourceWords, unitWords } from '../words.ts';

/** A circle of waits in which at least one is for a lock: held → requested → held …, joins and queues included. */
export const lockCycle: Rule = (context) => {
  const findings: Finding[] = [];
  for (const cycle of openCycles(context)) {
    if (!hasKind(cycle, KIND.waitAcquire)) continue;
    // Two waits of one thread without proof may be two innocent tasks of it.
    const threads = new Set(cycle.links.map((link) => link.unit.thread));
    if (threads.size === 1 && cycle.stuck.certainty === 'suspected') continue;
    findings.push(finding(context, cycle));
  }
  return findings;
};

function finding(context: RuleContext, cycle: Cycle): Finding {
  const { world } = context;
  const { links, stuck } = cycle;
  const pure = onlyKinds(cycle, KIND.waitAcquire);
  const who = listWords(unique(links.map((link) => unitWords(link.unit))));
  const locks = unique(
    links.flatMap(({ wait }) =>
      wait.kind === KIND.waitAcquire && wait.resource !== null ? [resourceWords(world, wait.resource)] : [],
    ),
  );
  const many = locks.length > 1 ? `${listWords(locks)}` : (locks[0] ?? 'a lock');
  return chainFinding(context, stuck, {
    kind: 'lock-cycle',
    certainty: stuck.certainty,
    title: pure
      ? `${who} wait for each other's locks: ${many}`
      : `${who} wait for each other through ${many}`,
    links,
    reason: pure
      ? 'Each holds a lock that the next one asks for, and none gives its own back before it gets the other.'
      : `The holder of ${many} waits for somebody who needs ${many} to go on.`,
    fix: pure
      ? `Take these locks in the same order everywhere (for example ${listWords([...locks].sort())}), or acquire with a timeout and give the first lock back when the next is not to be had.`
      : 'Release the lock before waiting for the other process, or let the other process finish what needs the lock first.',
  });
}
