import { KIND } from '../../../trace/format/records.ts';
import { circles, linkOf } from './cycles.ts';
import type { Rule } from './rule.ts';
import { childWords, doesWords, resourceWords, unitWords } from './words.ts';

/**
 * X joins P, P cannot end before its puts are taken, and nobody but X (or others that are stuck) could take them.
 * @param atExit at the automatic join of an exiting process, or at one that the program calls
 */
export function joinBeforeDrainCheck(atExit: boolean): Rule['check'] {
  return circles((context, chain) => {
    const join = linkOf(chain, KIND.waitJoin, KIND.waitChild);
    const put = linkOf(chain, KIND.waitFlush, KIND.waitSend);
    if (join === undefined || put === undefined || put.wait.resource === null) return null;
    if ((join.unit.thread.exitingAt !== null) !== atExit) return null;
    const queue = resourceWords(context.world, put.wait.resource);
    const reader = unitWords(join.unit);
    return {
      title: `${reader} joins ${childWords(join.wait)} ${atExit ? 'at exit ' : ''}before reading what it put into ${queue}`,
      reason: `${unitWords(put.unit)} ${doesWords(context.world, put.wait)} and can't end before; the only reader that is left waits for its end.`,
      fix: `Read everything from ${queue} first, then join; or let the child call cancelJoinThread() where its last items may be lost.`,
    };
  });
}
