import { duration } from '../../../base/units.ts';
import { KIND } from '../../../trace/format/records.ts';
import type { ThreadEntity } from '../../state/entities.ts';
import type { SourceEntity } from '../../state/sources.ts';
import type { Finding } from '../../types/index.ts';
import { placeText } from '../../words/index.ts';
import { placeOfSource } from '../kit/awaited-ends.ts';
import { notedFinding, waitPlace } from '../kit/noted.ts';
import type { Rule, RuleContext } from '../kit/rule.ts';
import { listWords, threadWords } from '../kit/words.ts';

/** A worker of a pool that sleeps in `Atomics.wait` between two jobs does not run what the last one left to a timer. */
export const timerHeldUp: Rule = {
  kind: 'timer-held-up',
  summary: 'A timer could not fire for long, since its thread stood in `Atomics.wait`.',
  blocks: 'never',
  outlives: true,
  thresholds: {
    overdue: { value: 2000, unit: 'ms', summary: 'how long the timer must have been due' },
  },
  check(context) {
    const findings: Finding[] = [];
    for (const thread of context.world.threads) {
      const held = heldUp(context, thread);
      if (held.size > 0) findings.push(say(context, thread, held));
    }
    return findings;
  },
};

/** The timers of a thread that could not fire for long, and how long, ns. */
function heldUp(context: RuleContext, thread: ThreadEntity): ReadonlyMap<SourceEntity, number> {
  const least = context.threshold('overdue') * 1e6;
  const held = new Map([...thread.heldUp].filter(([, late]) => late >= least));
  const { syncWait: wait } = thread;
  if (wait?.kind !== KIND.waitAtomics || wait.timeoutMs !== null) return held;
  const now = thread.end ?? context.now;
  for (const timer of thread.timers) {
    const { due } = timer.told;
    if (due === undefined || due < wait.since) continue;
    if (now - due >= least) held.set(timer, now - due);
    else context.due(due + least);
  }
  return held;
}

function say(context: RuleContext, thread: ThreadEntity, held: ReadonlyMap<SourceEntity, number>): Finding {
  const { world } = context;
  const timers = [...held.keys()];
  const lines = [...new Set(timers.map(({ site }) => placeText(world.sites.view(site))))];
  const { syncWait: wait } = thread;
  const at = placeText(world.sites.view(wait?.site ?? 0));
  const who = threadWords(thread);
  const one = lines.length === 1;
  return notedFinding(context, {
    certainty: 'certain',
    blocking: false,
    title: `${who} stood in Atomics.wait while its ${one ? 'timer' : 'timers'} of ${listWords(lines, 8)} ${one ? 'was' : 'were'} due`,
    time: Math.min(...timers.map(({ told }) => told.due ?? 0)),
    processes: [thread.process],
    places: [...timers.map(placeOfSource), ...(wait === null ? [] : [waitPlace(wait)])],
    explanation: `A thread in Atomics.wait${at === '' ? '' : ` (${at})`} turns no loop: no timer fires, and no other callback runs until it is notified. The ${one ? 'timer' : 'first timer'} has been late by ${duration(Math.max(...held.values()))}.`,
    fix: 'Let the work end when all that it has started has ended: await the timer before the job is done. Or let the pool sleep without blocking its threads (piscina: atomics: "disabled").',
    key: thread.id,
  });
}
