import { KIND } from '../../../trace/format/records.ts';
import { circles, linkOf } from './cycles.ts';
import type { Rule } from './rule.ts';
import { childWords, doesWords, resourceWords, unitWords } from './words.ts';

/**
 * X joins P (or awaits the result of a task of P), P cannot end (or go on) before its puts are taken, and nobody but X (or
 * others that are stuck) could take them.
 * @param atExit at the automatic join of an exiting process, or at one that the program calls
 */
export function joinBeforeDrainCheck(atExit: boolean): Rule['check'] {
  return circles((context, chain) => {
    const join = linkOf(chain, KIND.waitJoin, KIND.waitChild) ?? linkOf(chain, KIND.waitResult);
    const put = linkOf(chain, KIND.waitFlush, KIND.waitSend);
    if (join === undefined || put === undefined || put.wait.resource === null) return null;
    if ((join.unit.thread.exitingAt !== null) !== atExit) return null;
    const queue = resourceWords(context.world, put.wait.resource);
    const reader = unitWords(join.unit);
    const writer = `${unitWords(put.unit)} ${doesWords(context.world, put.wait)}`;
    if (join.wait.kind === KIND.waitResult) {
      if (!put.blockers.some(({ thread }) => thread === join.unit.thread)) return null;
      return {
        title: `${reader} ${doesWords(context.world, join.wait)} before reading what ${unitWords(put.unit)} puts into ${queue}`,
        reason: `${writer} and can't go on before; the only reader that is left waits for the result.`,
        fix: `Read ${queue} while the tasks run, or let them return what they put into it; or give it more room.`,
      };
    }
    return {
      title: `${reader} joins ${childWords(join.wait)} ${atExit ? 'at exit ' : ''}before reading what it put into ${queue}`,
      reason: `${writer} and can't end before; the only reader that is left waits for its end.`,
      fix: `Read everything from ${queue} first, then join; or let the child call cancelJoinThread() where its last items may be lost.`,
    };
  });
}
