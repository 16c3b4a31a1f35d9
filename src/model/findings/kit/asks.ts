import { KIND } from '../../../trace/format/records.ts';
import { plainAddress } from '../../state/connections.ts';
import type { ThreadEntity } from '../../state/entities.ts';
import type { SourceEntity } from '../../state/sources.ts';
import { components } from '../graph/components.ts';
import { placeOfSource } from './awaited-ends.ts';
import { type Place, waitPlace } from './noted.ts';
import { openRequests, requestPlace } from './requests.ts';
import { restingSources } from './rest.ts';
import type { RuleContext } from './rule.ts';
import { childWords, resourceWords, threadWords } from './words.ts';

/** Somebody has asked somebody else and does nothing until the answer comes. */
export interface Ask {
  readonly from: ThreadEntity;
  readonly to: ThreadEntity;
  /** Since when `from` has done nothing else, ns. */
  readonly since: number;
  readonly place: Place;
  /** `a.mjs has asked b.mjs (127.0.0.1:80) and has had no answer` */
  readonly words: string;
  /** By a connection, of which it is known that it was never answered. */
  readonly byConnection: boolean;
}

/** A timer of less than this has had its chance, however often it is set again, ns. */
const SHORT = 2e9;
/** What may make a thread go on beside those whom it has asked. Its server is none of them: who connects asks something else. */
const HELP: ReadonlySet<SourceEntity['kind']> = new Set([
  'immediate',
  'datagram',
  'terminal',
  'watcher',
  'request',
  'debugger',
  'native',
  'child',
  'worker',
]);

/** Circles of threads each of which has asked the next one, and none of which can answer before it is answered. */
export function askCircles(context: RuleContext): Ask[][] {
  const { world } = context;
  const asks = new Map<ThreadEntity, readonly Ask[]>();
  for (const thread of new Set([...world.waiting, ...world.resting]))
    if (thread.alive) asks.set(thread, asksOf(context, thread));
  const next = (thread: ThreadEntity): ThreadEntity[] => (asks.get(thread) ?? []).map(({ to }) => to);
  return components([...asks.keys()], next).flatMap((members) => {
    const circle = circleOf(members, asks);
    return circle !== null && circle.some(({ byConnection }) => byConnection) ? [circle] : [];
  });
}

/** A way from the first member along the asks until it comes to somebody a second time: from there on it is a circle. */
function circleOf(
  members: readonly ThreadEntity[],
  asks: ReadonlyMap<ThreadEntity, readonly Ask[]>,
): Ask[] | null {
  const among = new Set(members);
  const way: Ask[] = [];
  for (let at = members[0]; at !== undefined; ) {
    const begin = way.findIndex(({ from }) => from === at);
    if (begin >= 0) return way.slice(begin);
    const ask: Ask | undefined = asks.get(at)?.find(({ to }) => among.has(to));
    if (ask === undefined) return null;
    way.push(ask);
    at = ask.to;
  }
  return null;
}

function asksOf(context: RuleContext, thread: ThreadEntity): Ask[] {
  const { connections } = context.world;
  if (thread.syncWait !== null) return spawnAsk(thread);
  const sources = restingSources(thread);
  if (sources === null || thread.waits.size > 0 || sources.some(helps)) return [];
  const asks: Ask[] = [];
  for (const source of sources) {
    const { kind, told } = source;
    if ((kind !== 'socket' && kind !== 'pipe') || !told.ref || connections.hasAccepted(source)) continue;
    const asked = told.unanswered === true && told.count === 1;
    const to = asked ? connections.server(source) : null;
    // Somebody else may say something, or one who has answered before.
    if (to === null || to === thread || !to.alive) return [];
    asks.push(byConnection(source, to));
  }
  return asks.length > 0 ? asks : messages(context, thread);
}

/** A timer that may be what ends the wait, or another source that nobody of the circle feeds. */
function helps({ kind, told, thread }: SourceEntity): boolean {
  if (kind !== 'timer') return told.ref && HELP.has(kind);
  const ahead = (told.due ?? Number.POSITIVE_INFINITY) - (thread.quiescent?.sources?.time ?? 0);
  return told.every === undefined && (told.ref || ahead > SHORT);
}

function byConnection(source: SourceEntity, to: ThreadEntity): Ask {
  const from = source.thread;
  return {
    from,
    to,
    since: from.quiescent?.since ?? 0,
    place: placeOfSource(source),
    words: `${threadWords(from)} has asked ${threadWords(to)} (${plainAddress(source.told.remote ?? '')}) and has had no answer`,
    byConnection: true,
  };
}

/** It stands still until a child has ended. */
function spawnAsk({ syncWait: wait }: ThreadEntity): Ask[] {
  if (wait === null || wait.kind !== KIND.waitSyncSpawn || wait.timeoutMs !== null) return [];
  let process = wait.child?.process ?? null;
  // A shell.
  if (process !== null && process.main === null && process.children.size === 1)
    [process = null] = process.children;
  const to = process?.main ?? null;
  if (to === null || !to.alive) return [];
  const words = `${threadWords(wait.thread)} stands still until the end of ${childWords(wait)}`;
  return [{ from: wait.thread, to, since: wait.since, place: waitPlace(wait), words, byConnection: false }];
}

/** Messages to somebody who stands still since before they were sent, and so has not even heard them. */
function messages({ world }: RuleContext, thread: ThreadEntity): Ask[] {
  return openRequests(world, thread).flatMap((request) => {
    const [to, more] = request.to;
    if (to === undefined || more !== undefined || (to.syncWait?.since ?? request.time) >= request.time)
      return [];
    const words = `${threadWords(thread)} has sent a message to ${threadWords(to)} by ${resourceWords(world, request.use.resource)}, which has not been received`;
    const since = thread.quiescent?.since ?? 0;
    return [{ from: thread, to, since, place: requestPlace(request), words, byConnection: false }];
  });
}
