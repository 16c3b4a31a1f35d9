import type { Rest, ThreadEntity } from '../state/entities.ts';
import { namesOtherEnd, sourceDoes, sourceName } from '../state/source-words.ts';
import type { SourceEntity } from '../state/sources.ts';
import type { World } from '../state/world.ts';
import { english, handlesText, listText, placeText } from '../words/index.ts';

/** From here on a process that records nothing is busy with something that is not recorded, percent of one core. */
const BUSY_CPU = 5;
/** From this minor version of the trace on a thread that rests tells its sources. */
const TELLS_SOURCES = 1;
/** Most answers that are told. */
const MOST_ASKED = 3;

/** Has nothing been recorded since the thread told what keeps it alive, or came to rest again with the same? */
function isTold({ alive, keptAlive, waits, quiescent, lastTime, restedAt }: ThreadEntity): boolean {
  if (!alive || keptAlive === null || waits.size > 0) return false;
  return quiescent !== null || lastTime <= Math.max(keptAlive.time, restedAt);
}

/**
 * Neither a record nor CPU time shows that the thread does anything, though what keeps it alive could call into it
 * without a record (a server, a timer): good enough for a view, not for a finding.
 */
export function rests(thread: ThreadEntity): boolean {
  return isTold(thread) && (thread.process.cpu ?? 0) < BUSY_CPU;
}

/**
 * `2 timers [main.ts:4], server (127.0.0.1:80)`: what keeps a thread that rests without waits alive; '' when it has done
 * something since.
 */
export function keptAliveWords(
  world: World,
  thread: ThreadEntity,
  rest: Rest | null = thread.quiescent,
): string {
  if (!thread.alive || thread.waits.size > 0) return '';
  const sources = rest?.sources?.list.filter(({ told }) => told.ref) ?? [];
  if (sources.length > 0) return sources.map((source) => keeper(world, source)).join(', ');
  // In older traces only Node's names are told; in others they come a moment before the rest.
  if (thread.traceMinor >= TELLS_SOURCES || thread.keptAlive === null || !isTold(thread)) return '';
  return handlesText(english, thread.keptAlive.handles);
}

/** `waits for an answer from api-server (127.0.0.1:80)`: what a thread that rests has asked others of the trace; '' of all others. */
export function asksWords({ alive, waits, quiescent }: ThreadEntity): string {
  if (!alive || waits.size > 0) return '';
  const asked = quiescent?.sources?.list.filter(({ told }) => told.ref && told.unanswered === true) ?? [];
  return listText(english, asked.filter(namesOtherEnd).map(sourceDoes), MOST_ASKED);
}

function keeper(world: World, source: SourceEntity): string {
  const place = placeText(world.sites.view(source.site));
  return place === '' ? sourceName(source) : `${sourceName(source)} [${place}]`;
}
