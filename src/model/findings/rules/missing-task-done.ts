import { KIND } from '../../../trace/format/records.ts';
import { chains, linkOf } from '../kit/cycles.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';
import { countWords, resourceWords, unitWords } from '../kit/words.ts';

/** queue.join() waits for taskDone() of items whose takers are gone or wait for more items. */
export const missingTaskDone: Rule = {
  kind: 'missing-task-done',
  summary: '`queue.join()` waits for more `taskDone()` than anybody will call.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['join-before-drain', 'exit-join-before-drain'],
  check: chains((context, chain) => {
    const link = linkOf(chain, KIND.waitTaskDone);
    const resource = link?.wait.resource;
    if (link === undefined || resource == null) return null;
    let put = 0;
    let done = 0;
    for (const use of resource.uses) {
      put += use.sent;
      done += use.taskDones;
    }
    const queue = resourceWords(context.world, resource);
    return {
      title: `${unitWords(link.unit)} waits for taskDone() on ${queue}: ${countWords(put, 'put')}, ${done} done`,
      reason: `${countWords(put - done, 'item')} of ${queue} ${put - done === 1 ? 'was' : 'were'} not reported done, and nobody is left who would: its consumers have exited or wait for more items.`,
      fix: 'Call taskDone() once for every item that was got, in a finally block, also when the work on it fails.',
    };
  }),
};
