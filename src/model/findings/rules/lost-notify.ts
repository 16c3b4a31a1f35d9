import { duration } from '../../../base/units.ts';
import { KIND } from '../../../trace/format/records.ts';
import { chains, linkOf } from '../kit/cycles.ts';
import { type Rule, SUSPECT_AFTER } from '../kit/rule.ts';
import { badEndsWords, deadWords, doesWords, resourceWords, unitWords } from '../kit/words.ts';

/** A wait on a condition or event that began after the last notify, and nobody alive and unblocked could notify again. */
export const lostNotify: Rule = {
  kind: 'lost-notify',
  summary:
    'A wait on a condition or an event that began after the last notify or set, and nobody is left to do it again.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['atomics-wait-no-notifier'],
  check: chains((context, chain) => {
    const link = linkOf(chain, KIND.waitCondition, KIND.waitEvent);
    const resource = link?.wait.resource;
    if (link === undefined || resource == null) return null;
    const name = resourceWords(context.world, resource);
    const event = link.wait.kind === KIND.waitEvent;
    const last = event ? resource.lastSet : resource.lastNotify;
    const what = event ? 'set' : 'notify';
    const before =
      last < 0
        ? `There was no ${what} on ${name} at all.`
        : `The last ${what} on ${name} came ${duration(link.wait.since - last)} before the wait began${event && resource.lastClear > last ? ', and was cleared again' : ''}.`;
    return {
      title: `${badEndsWords(link.dead)}${unitWords(link.unit)} ${doesWords(context.world, link.wait)}, and nobody is left to do that`,
      reason: `${before} Everybody else who has a handle on it has exited or waits too${link.dead.length === 0 ? '' : `: ${deadWords(link.dead)}`}.`,
      fix: event
        ? 'Set the event after the last clear, also when the setter ends early (finally), or wait with a timeout.'
        : 'Wait in a loop over the state that the notify announces (waitFor), change that state under the lock, and notify also when ending early.',
    };
  }),
};
