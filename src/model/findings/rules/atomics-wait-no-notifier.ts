import { KIND } from '../../../trace/format/records.ts';
import { chains, linkOf } from '../kit/cycles.ts';
import { badEndsOf } from '../kit/ends.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';
import { threadWords, unitWords } from '../kit/words.ts';

/** An untimed Atomics.wait that no other live, unblocked thread of the process could end. */
export const atomicsWaitNoNotifier: Rule = {
  kind: 'atomics-wait-no-notifier',
  summary: '`Atomics.wait` without a timeout, and no other thread of the process could notify.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['barrier-mismatch'],
  check: chains((_context, chain) => {
    const link = linkOf(chain, KIND.waitAtomics);
    if (link === undefined) return null;
    const who = unitWords(link.unit);
    // One of them may have been meant to notify.
    const ends = badEndsOf(link.unit.thread.process.threads.values());
    const dead = ends.map(({ thread, end }) => `${capitalized(threadWords(thread))} ${end.words}. `).join('');
    return {
      title: `${who} is in Atomics.wait, and no thread is left to notify it`,
      reason:
        link.blockers.length > 0
          ? `${dead}Every other thread that could call Atomics.notify waits for ${who}, whose event loop stands still.`
          : `${dead}No other thread of the process is alive, and shared memory of this kind does not leave the process.`,
      extraPlaces: ends.flatMap(({ end }) => end.places),
      fix: 'Use Atomics.waitAsync on the main thread, give the wait a timeout, and notify in a finally block before a worker ends.',
    };
  }),
};

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
