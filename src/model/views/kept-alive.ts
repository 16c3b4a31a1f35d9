import type { ThreadEntity } from '../state/entities.ts';
import { english, handlesText } from '../words/index.ts';

/** From here on a process that records nothing is busy with something that is not recorded, percent of one core. */
const BUSY_CPU = 5;

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

/** `2 timers, 1 TCP server`: what keeps a thread that rests without waits alive; '' when it has done something since. */
export function keptAliveWords(thread: ThreadEntity | null): string {
  if (!thread?.keptAlive || !isTold(thread)) return '';
  return handlesText(english, thread.keptAlive.handles);
}
