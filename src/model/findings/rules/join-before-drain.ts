import { KIND } from '../../../trace/format/records.ts';
import { cycleRule, linkOf } from '../kit/cycles.ts';
import { childWords, goalWords, resourceWords, unitWords } from '../kit/words.ts';

/**
 * X joins P, P cannot end before its puts are taken, and nobody but X (or others that are stuck) could take them. At the
 * automatic join of an exiting process: `exit-join-before-drain`.
 */
export const joinBeforeDrain = cycleRule((context, chain) => {
  const join = linkOf(chain, KIND.waitJoin, KIND.waitChild);
  const put = linkOf(chain, KIND.waitFlush, KIND.waitSend);
  if (join === undefined || put === undefined || put.wait.resource === null) return null;
  const exiting = join.unit.thread.exitingAt !== null;
  const queue = resourceWords(context.world, put.wait.resource);
  const reader = unitWords(join.unit);
  return {
    kind: exiting ? 'exit-join-before-drain' : 'join-before-drain',
    title: `${reader} joins ${childWords(join.wait)} ${exiting ? 'at exit ' : ''}before reading what it put into ${queue}`,
    reason: `${unitWords(put.unit)} waits for ${goalWords(context.world, put.wait)} and can't end before; the only reader that is left waits for its end.`,
    fix: `Read everything from ${queue} first, then join; or let the child call cancelJoinThread() where its last items may be lost.`,
  };
});
