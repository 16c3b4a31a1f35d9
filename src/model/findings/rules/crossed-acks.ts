import { duration } from '../../../base/units.ts';
import type { ThreadEntity } from '../../state/entities.ts';
import { sourceDoes } from '../../state/source-words.ts';
import type { Finding } from '../../types/index.ts';
import { placeText } from '../../words/index.ts';
import { type Ask, askCircles } from '../kit/asks.ts';
import { placesOfSource } from '../kit/awaited-ends.ts';
import { restLinksOf } from '../kit/links.ts';
import { notedFinding } from '../kit/noted.ts';
import { openAwaits } from '../kit/open-awaits.ts';
import { crossedRequests, isAnswer, type OpenRequest, openRequests, requestPlace } from '../kit/requests.ts';
import { hears, MESSAGE_SOURCES, type RestGroup, restGroups } from '../kit/rest.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';
import { listWords, threadWords } from '../kit/words.ts';

/** A message was sent within a group whose members all rest, and its answer has not come: nothing is on the way any more. */
export const crossedAcks: Rule = {
  kind: 'crossed-acks',
  summary:
    'Threads rest in a circle of messages, ports, pipes or connections with nothing on the way, and a request is open.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: [
    'request-unanswered',
    'message-not-heard',
    'ipc-keeps-alive',
    'stdin-not-ended',
    'grandchild-holds-pipe',
  ],
  check(context) {
    const findings: Finding[] = [];
    for (const group of restGroups(context)) {
      const open = group.threads.flatMap((thread) =>
        [...openRequests(context.world, thread), ...crossedRequests(context.world, thread)].filter(
          (request) => isAsked(context, request, group),
        ),
      );
      if (open.length === 0) continue;
      for (const thread of group.threads) context.explained.add(thread);
      findings.push(say(context, group, open));
    }
    for (const circle of askCircles(context)) {
      if (
        circle.some(
          ({ from }) =>
            context.explained.has(from) || context.graph.stuckMember(context.graph.unit(from, 0)) !== null,
        )
      )
        continue;
      if (!circle.every(({ since }) => context.graph.lasted(since))) continue;
      for (const { from } of circle) context.explained.add(from);
      findings.push(sayCircle(context, circle));
    }
    return findings;
  },
};

/** Does its sender wait for an answer to it, as far as the records tell? */
function isAsked({ world }: RuleContext, request: OpenRequest, group: RestGroup): boolean {
  const to = request.to.filter((other) => awaitsMessages(other, group));
  if (to.length === 0) return false;
  if (!request.crossed && !isAnswer(world, request)) return true;
  return awaitsOne(request.from, group) && to.some((other) => awaitsOne(other, group));
}

/** Does it await a message, and does not only serve whoever sends one, nor wait for the end of somebody? */
function awaitsOne(thread: ThreadEntity, { sources }: RestGroup): boolean {
  const own = sources.filter((source) => source.thread === thread);
  if (own.some(({ told }) => told.once === true)) return true;
  return openAwaits(thread).length > 0 && !own.some((source) => hears(source, 'exit', 'close'));
}

/**
 * Of a member of the group: a message would make it run. Who listens for none any more was sent an answer or a notice, and is
 * kept alive by the other end alone.
 */
function awaitsMessages(thread: ThreadEntity, { threads, sources }: RestGroup): boolean {
  if (!threads.includes(thread)) return false;
  if (openAwaits(thread).length > 0) return true;
  // Who waits for the end of a child alone listens for no messages either.
  const own = sources.filter(
    ({ thread: whose, kind }) => whose === thread && (kind === 'child' || MESSAGE_SOURCES.has(kind)),
  );
  return own.length === 0 || own.some(({ told }) => told.events?.includes('message') ?? true);
}

function say(context: RuleContext, group: RestGroup, open: readonly OpenRequest[]): Finding {
  const { world, now } = context;
  const { threads, processes, since, sources, units } = group;
  const askers = [...new Set(open.map(({ from }) => from))];
  const told = open.map(({ from, to, site, crossed }) => {
    const at = placeText(world.sites.view(site));
    const then = crossed ? 'what came back was sent before that was received' : 'has heard nothing since';
    return `${threadWords(from)} sent to ${listWords(to.map((thread) => threadWords(thread)))}${at === '' ? '' : ` at ${at}`} and ${then}`;
  });
  // Without the lines that await, the sources say all that a chain could.
  const awaits = threads.some((thread) => openAwaits(thread).length > 0);
  const waits = threads.map((thread) => `${threadWords(thread)} ${doesOf(thread, group)}`);
  return notedFinding(context, {
    certainty: 'certain',
    blocking: true,
    title: `${listWords(askers.map((thread) => threadWords(thread)))} ${askers.length === 1 ? 'waits' : 'wait'} for an answer, and ${listWords(threads.map((thread) => threadWords(thread)))} all rest`,
    time: since,
    processes,
    resources: open.map(({ use }) => use.resource),
    places: [...open.map(requestPlace), ...sources.flatMap(placesOfSource)],
    explanation: `${told.join('. ')}. For ${duration(now - since)} all of them have rested: ${listWords(waits)}. No message is on its way, no timer is armed, and nothing from outside can reach them.`,
    fix: 'Let one side answer before it asks in its turn: handle messages while an answer is awaited (no lock or queue of one around the call), and answer also when the work fails.',
    stuck: units,
    rests: awaits ? restLinksOf(context.graph, context.certain, units) : [],
  });
}

function sayCircle(context: RuleContext, circle: readonly Ask[]): Finding {
  const names = circle.map(({ from }) => threadWords(from));
  const since = Math.max(...circle.map((ask) => ask.since));
  return notedFinding(context, {
    certainty: 'suspected',
    blocking: true,
    title: `${listWords(names)} have asked each other, and each waits for the answer of the next`,
    time: since,
    processes: [...new Set(circle.map(({ from }) => from.process))],
    places: circle.map(({ place }) => place),
    explanation: `${circle.map(({ words }) => words).join('. ')}. For ${duration(context.now - since)} none of them has done anything else. Only somebody who connects from outside could still help.`,
    fix: 'Let one side answer before it asks in its turn: handle requests while an answer is awaited (no queue of one around the call), and start a child that asks its parent with the asynchronous form (spawn, execFile with a promise).',
  });
}

function doesOf(thread: ThreadEntity, { sources }: RestGroup): string {
  return listWords(sources.filter((source) => source.thread === thread).map(sourceDoes));
}
