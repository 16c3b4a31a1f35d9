import { duration } from '../../../base/units.ts';
import type { ThreadEntity } from '../../state/entities.ts';
import type { World } from '../../state/world.ts';
import type { Finding } from '../../types/index.ts';
import { placeText } from '../../words/index.ts';
import { type BadEnd, badEnd } from '../kit/ends.ts';
import { notedFinding, startedPlaces } from '../kit/noted.ts';
import { type OpenRequest, openRequests, requestPlace } from '../kit/requests.ts';
import { hasOutside, restingSources } from '../kit/rest.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';
import { listWords, resourceWords, threadWords } from '../kit/words.ts';

/** Whoever comes to rest so soon after an end has not done anything else since, ns. */
const SAME_MOMENT = 2e9;

/** Who should have answered, and how each came to its end. */
interface Dead {
  readonly thread: ThreadEntity;
  readonly end: BadEnd;
}

/**
 * A thread rests, and the last thing that it said on a channel was said to somebody who has come to a bad end since, or was
 * already there. Whether it awaits an answer only its rest says: whoever goes on, or starts another one, has not waited.
 */
export const requestUnanswered: Rule = {
  kind: 'request-unanswered',
  summary:
    'A thread rests after a message to a process or thread that has come to a bad end and cannot answer.',
  blocks: 'always',
  outlives: true,
  thresholds: { suspectAfter: SUSPECT_AFTER },
  yieldsTo: ['owner-died', 'worker-died-holding-lock', 'pool-worker-killed', 'atomics-wait-no-notifier'],
  check(context) {
    const findings: Finding[] = [];
    for (const thread of context.world.resting) {
      const sources = restingSources(thread);
      if (sources === null || thread.waits.size > 0 || hasOutside(sources)) continue;
      const finding = unanswered(context, thread);
      if (finding === null) continue;
      context.explained.add(thread);
      findings.push(finding);
    }
    return findings;
  },
};

/** What was lost with somebody: an open message to it, or where there is none, all that it was started for. */
interface Loss {
  readonly request: OpenRequest | null;
  readonly dead: readonly Dead[];
}

function unanswered(context: RuleContext, thread: ThreadEntity): Finding | null {
  const { graph, world } = context;
  const asked = openRequests(world, thread).map((request) => ({ request, dead: deadOf(request) }));
  const whole = asked.filter(({ request, dead }) => dead.length > 0 && dead.length === request.to.length);
  for (const loss of [...whole, ...childLoss(thread)]) {
    const died = Math.max(...loss.dead.map(({ end }) => end.time));
    const since = Math.max(thread.quiescent?.since ?? 0, died);
    const certain = graph.stuckMember(graph.unit(thread, 0)) !== null;
    if (hasGoneOn(thread, died) || !(certain || graph.lasted(since))) continue;
    return say(context, thread, loss, since);
  }
  return null;
}

function deadOf({ to }: OpenRequest): Dead[] {
  return to.flatMap((thread) => {
    const end = badEnd(thread);
    return end === null ? [] : [{ thread, end }];
  });
}

/** Children with a channel of messages that came to a bad end just before the thread came to rest. */
function childLoss(thread: ThreadEntity): Loss[] {
  const rested = thread.quiescent?.since ?? 0;
  const dead: Dead[] = [];
  for (const child of childThreads(thread)) {
    const end = badEnd(child);
    if (end !== null && rested - end.time < SAME_MOMENT) dead.push({ thread: child, end });
  }
  return dead.length === 0 ? [] : [{ request: null, dead }];
}

function* childThreads(thread: ThreadEntity): Iterable<ThreadEntity> {
  for (const process of thread.process.children) {
    const api = process.child?.api;
    const talks = api === 'fork' || api === 'cluster';
    if (talks && process.child?.owner === thread && process.main !== null) yield process.main;
  }
  for (const other of thread.process.threads.values()) if (other.child?.owner === thread) yield other;
}

/** Whoever has started another one since has taken notice. */
function hasGoneOn({ process }: ThreadEntity, since: number): boolean {
  for (const child of process.children) if ((child.child?.startTime ?? child.start) > since) return true;
  for (const other of process.threads.values()) if (other.start > since) return true;
  return false;
}

function say(context: RuleContext, from: ThreadEntity, { request, dead }: Loss, since: number): Finding {
  const { world, graph, now } = context;
  const who = threadWords(from);
  const names = listWords(dead.map(({ thread }) => threadWords(thread)));
  const ends = listWords(dead.map(({ thread, end }) => `${threadWords(thread)} ${end.words}`));
  const unit = graph.unit(from, 0);
  const certain = graph.stuckMember(unit) !== null;
  const asked = request === null ? '' : askedWords(world, request, who);
  return notedFinding(context, {
    certainty: certain ? 'certain' : 'suspected',
    blocking: true,
    title: `${ends}; ${who} still waits for ${request === null ? 'what it was to do' : 'an answer'}`,
    time: since,
    processes: [...dead.map(({ thread }) => thread.process), from.process],
    resources: request === null ? [] : [request.use.resource],
    places: [
      ...dead.flatMap(({ end }) => end.places),
      ...(request === null ? [] : [requestPlace(request)]),
      ...dead.flatMap(({ thread }) => startedOf(thread)),
    ],
    explanation: `${asked}${names} can send nothing any more. ${who} has rested for ${duration(now - since)} since, and has started nobody in ${dead.length === 1 ? 'its' : 'their'} place.`,
    fix: `Mend what ended ${names} first. Besides, listen for 'exit' and 'error' of whoever works for you, and let what waits for its answer fail then.`,
    ...(certain && { stuck: [unit] }),
  });
}

function askedWords(world: World, { use, site }: OpenRequest, who: string): string {
  const at = placeText(world.sites.view(site));
  return `What ${who} had sent${at === '' ? '' : ` at ${at}`} by ${resourceWords(world, use.resource)} was not answered. `;
}

function startedOf(thread: ThreadEntity) {
  const { child } = thread;
  if (thread.threadId === 0) return startedPlaces(thread.process);
  if (child?.owner == null) return [];
  return [
    {
      role: 'started',
      thread: child.owner,
      resource: null,
      site: child.site,
      time: child.startTime ?? 0,
    } as const,
  ];
}
