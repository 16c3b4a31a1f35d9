import { duration } from '../../../base/units.ts';
import type { ThreadEntity } from '../../state/entities.ts';
import { sourceName } from '../../state/source-words.ts';
import type { Finding } from '../../types/index.ts';
import { placeText } from '../../words/index.ts';
import { placesOfSource } from '../kit/awaited-ends.ts';
import { notedFinding } from '../kit/noted.ts';
import { isMessages, type OpenRequest, openRequests, requestPlace } from '../kit/requests.ts';
import { MESSAGE_SOURCES, type RestGroup, restGroups } from '../kit/rest.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';
import { listWords, threadWords } from '../kit/words.ts';

/** Nothing is left but message ports, channels, and workers that themselves only wait for messages. */
export const portKeepsAlive: Rule = {
  kind: 'port-keeps-alive',
  summary: 'A process does not exit because of message ports, IPC channels or idle worker threads.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['pipe-no-eof', 'crossed-acks'],
  check(context) {
    const findings: Finding[] = [];
    for (const group of restGroups(context)) {
      if (!group.sources.some(({ told, kind }) => told.ref && MESSAGE_SOURCES.has(kind))) continue;
      for (const thread of group.threads) context.explained.add(thread);
      findings.push(say(context, group));
    }
    return findings;
  },
};

function say(context: RuleContext, { processes, threads, sources, since, units }: RestGroup): Finding {
  const keep = sources.filter(({ told, kind }) => told.ref && MESSAGE_SOURCES.has(kind));
  // Of those that only wait for the end of another one nothing follows.
  const [kept] = keep.map(({ thread }) => thread.process);
  const name = kept === undefined ? '' : kept.name;
  const ofMain = keep.filter(({ thread }) => thread.process === kept && thread.threadId === 0);
  const what = [...new Set((ofMain.length > 0 ? ofMain : keep).map(sourceName))];
  const who = listWords(threads.map((thread) => threadWords(thread)));
  const last = threads
    .flatMap((thread) => openRequests(context.world, thread))
    .filter(({ to, use }) => isMessages(use.resource) && to.some((other) => threads.includes(other)));
  return notedFinding(context, {
    certainty: 'certain',
    blocking: true,
    title: `${name} does not exit: its ${listWords(what)} ${what.length === 1 ? 'keeps' : 'keep'} it alive`,
    time: since,
    processes,
    resources: keep.flatMap(({ resource }) => (resource === null ? [] : [resource])),
    places: [...keep.flatMap(placesOfSource), ...last.map(requestPlace)],
    explanation: `${who} ${threads.length === 1 ? 'has' : 'have'} rested for ${duration(context.now - since)}, without timers and without anything from outside; what keeps ${threads.length === 1 ? 'it' : 'them'} alive is ${listWords(keep.map(sourceName), 8)}. Nobody is left who could send by them${threads.some(hasSent) ? '' : ': none of them has sent anything, so if they talk to each other, each waits for the first message of another'}.${last.map((one) => ` ${lastWords(context, one)}`).join('')}`,
    fix: 'Close the port or unref() it, terminate() the worker, disconnect() the channel, or take the message listener away, when there is no more work. Where a message is still awaited, somebody has to send first.',
    stuck: units,
  });
}

function hasSent({ uses }: ThreadEntity): boolean {
  return [...uses.values()].some(({ resource, sent }) => sent > 0 && isMessages(resource));
}

/** Who spoke last: an answer, as far as the records tell, after which there is no more to say. */
function lastWords({ world }: RuleContext, { from, site }: OpenRequest): string {
  const at = placeText(world.sites.view(site));
  return `The last message was sent by ${threadWords(from)}${at === '' ? '' : ` at ${at}`}; nothing was sent back.`;
}
