import { duration } from '../../../base/units.ts';
import { sourceName } from '../../state/source-words.ts';
import type { Finding } from '../../types/index.ts';
import { placesOfSource } from '../kit/awaited-ends.ts';
import { notedFinding } from '../kit/noted.ts';
import { type RestGroup, restGroups } from '../kit/rest.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';
import { listWords, threadWords } from '../kit/words.ts';

/** Nothing is left but message ports and workers that themselves only wait for messages. */
export const portKeepsAlive: Rule = {
  kind: 'port-keeps-alive',
  summary: 'A process does not exit because of message ports or idle worker threads.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['pipe-no-eof', 'crossed-acks'],
  check(context) {
    const findings: Finding[] = [];
    for (const group of restGroups(context)) {
      if (!group.sources.some(({ told, kind }) => told.ref && KINDS.has(kind))) continue;
      for (const thread of group.threads) context.explained.add(thread);
      findings.push(say(context, group));
    }
    return findings;
  },
};

const KINDS: ReadonlySet<string> = new Set(['port', 'broadcast', 'worker', 'parent']);

function say(context: RuleContext, { processes, threads, sources, since, units }: RestGroup): Finding {
  const keep = sources.filter(({ told, kind }) => told.ref && KINDS.has(kind));
  // Of those that only wait for the end of another one nothing follows.
  const [kept] = keep.map(({ thread }) => thread.process);
  const name = kept === undefined ? '' : kept.name;
  const ofMain = keep.filter(({ thread }) => thread.process === kept && thread.threadId === 0);
  const what = (ofMain.length > 0 ? ofMain : keep).map(sourceName);
  const who = listWords(threads.map((thread) => threadWords(thread)));
  return notedFinding(context, {
    certainty: 'certain',
    blocking: true,
    title: `${name} does not exit: its ${listWords(what)} ${what.length === 1 ? 'keeps' : 'keep'} it alive`,
    time: since,
    processes,
    resources: keep.flatMap(({ resource }) => (resource === null ? [] : [resource])),
    places: keep.flatMap(placesOfSource),
    explanation: `${who} ${threads.length === 1 ? 'has' : 'have'} rested for ${duration(context.now - since)}, without timers and without anything from outside; what keeps ${threads.length === 1 ? 'it' : 'them'} alive is ${listWords(keep.map(sourceName), 8)}. Nobody is left who could send by them.`,
    fix: 'Close the port or unref() it, terminate() the worker, or take the message listener away, when there is no more work.',
    stuck: units,
  });
}
