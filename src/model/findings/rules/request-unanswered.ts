import { duration } from '../../../base/units.ts';
import type { ThreadEntity } from '../../state/entities.ts';
import type { World } from '../../state/world.ts';
import type { Finding } from '../../types/index.ts';
import { placeText } from '../../words/index.ts';
import { anyEnd, type DeadThread, unwantedEndsOf } from '../kit/ends.ts';
import { notedFinding, startedPlaces } from '../kit/noted.ts';
import { isMessages, isNodesOwn, type OpenRequest, openRequests, requestPlace } from '../kit/requests.ts';
import { hearsFromWorking, restsOnProgram } from '../kit/rest.ts';
import { type Rule, type RuleContext, SUSPECT_AFTER } from '../kit/rule.ts';
import { listWords, resourceWords, threadWords } from '../kit/words.ts';

/** Whoever comes to rest so soon after an end has not done anything else since, ns. */
const SAME_MOMENT = 2e9;

/**
 * A thread rests, and the last thing that it said on a channel was said to somebody who has come to a bad end since, or was
 * already there. Whether it awaits an answer only its rest says: whoever goes on, starts another one, or may as well wait for
 * somebody else who still works, is not held to have waited.
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
      if (thread.waits.size > 0 || context.explained.has(thread) || !restsOnProgram(thread)) continue;
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
  /** Who should have answered, and how each came to its end. */
  readonly dead: readonly DeadThread[];
}

function unanswered(context: RuleContext, thread: ThreadEntity): Finding | null {
  const { graph, world } = context;
  const asked = openRequests(world, thread).map((request) => ({ request, dead: deadOf(request) }));
  const whole = asked.filter(({ request, dead }) => dead.length > 0 && dead.length === request.to.length);
  const certain = graph.stuckMember(graph.unit(thread, 0)) !== null;
  const silent = certain ? silentLoss(world, thread) : [];
  for (const loss of [...whole, ...childLoss(thread), ...silent]) {
    const died = Math.max(...loss.dead.map(({ end }) => end.time));
    const since = Math.max(thread.quiescent?.since ?? 0, died);
    if (hasGoneOn(thread, died) || loss.dead.some((dead) => isHeardOf(thread, dead))) continue;
    if (!certain && (!graph.lasted(since) || hearsFromWorking(context, thread))) continue;
    return say(context, thread, loss, since);
  }
  return null;
}

function deadOf({ to }: OpenRequest): DeadThread[] {
  return unwantedEndsOf(to);
}

/** Children with a channel of messages that came to a bad end just before the thread came to rest. */
function childLoss(thread: ThreadEntity): Loss[] {
  const rested = thread.quiescent?.since ?? 0;
  const dead = unwantedEndsOf(childThreads(thread)).filter(({ end }) => rested - end.time < SAME_MOMENT);
  return dead.length === 0 ? [] : [{ request: null, dead }];
}

/**
 * Those that ended without an error and had never sent anything, though they were asked, or others that do the same have. Not
 * where somebody who lives was asked as well: then that one may be all that is waited for.
 */
function silentLoss(world: World, thread: ThreadEntity): Loss[] {
  const open = openRequests(world, thread);
  if (open.some(({ to, use }) => to.some(({ alive }) => alive) && isAsk(world, use))) return [];
  const asked = open.flatMap((request): Loss[] => {
    const dead = request.to.flatMap((to) => silentEnd(to));
    return dead.length > 0 && dead.length === request.to.length ? [{ request, dead }] : [];
  });
  if (asked.length > 0) return asked;
  const children = [...childThreads(thread)];
  const dead = children.flatMap((child) =>
    children.some((other) => isLike(child, other) && hasSent(other)) ? silentEnd(child) : [],
  );
  return dead.length === 0 ? [] : [{ request: null, dead }];
}

/** More was sent than has come back. */
function isAsk(world: World, use: OpenRequest['use']): boolean {
  return use.sent > world.answersTo(use);
}

function silentEnd(thread: ThreadEntity): DeadThread[] {
  const end = hasSent(thread) ? null : anyEnd(thread);
  return end === null ? [] : [{ thread, end }];
}

function hasSent({ uses }: ThreadEntity): boolean {
  return [...uses.values()].some(
    ({ resource, sent }) => sent > 0 && isMessages(resource) && !isNodesOwn(resource),
  );
}

/** Both were started in the same way at the same place. */
function isLike(a: ThreadEntity, b: ThreadEntity): boolean {
  const [one, other] = [childOf(a), childOf(b)];
  return one !== null && other !== null && one.api === other.api && one.site === other.site;
}

function childOf(thread: ThreadEntity) {
  return thread.threadId === 0 ? thread.process.child : thread.child;
}

function* childThreads(thread: ThreadEntity): Iterable<ThreadEntity> {
  for (const process of thread.process.children) {
    const api = process.child?.api;
    const talks = api === 'fork' || api === 'cluster';
    if (talks && process.child?.owner === thread && process.main !== null) yield process.main;
  }
  for (const other of thread.process.threads.values()) if (other.child?.owner === thread) yield other;
}

/** Is a message of somebody who has died still on its way to a thread, which may be the answer? */
function isHeardOf(thread: ThreadEntity, { thread: dead }: DeadThread): boolean {
  return [...dead.uses.values()].some(
    ({ resource, sent }) =>
      sent > 0 && isMessages(resource) && sent > (thread.uses.get(resource)?.received ?? sent),
  );
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
