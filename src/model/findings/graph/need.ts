import type { ThreadEntity, Wait } from '../../state/entities.ts';
import { matters, type SourceEntity } from '../../state/sources.ts';
import type { Unit } from './unit.ts';

/** One thing by which a unit could go on: an open wait of it, or a source of its thread. Stuck are those all of whose needs are. */
export type Need = Wait | SourceEntity;

export function isSource(need: Need): need is SourceEntity {
  return 'told' in need;
}

/** The open waits of a unit; while it is blocked, the synchronous one only. */
export function waitsOf({ thread, task }: Unit): readonly Wait[] {
  const { syncWait, waits } = thread;
  const own = (wait: Wait): boolean => task === 0 || wait.task === task;
  return syncWait !== null && own(syncWait) ? [syncWait] : [...waits.values()].filter(own);
}

/** What could wake a thread that rests, where anything follows from it. */
export function sourcesOf({ quiescent }: ThreadEntity): readonly SourceEntity[] {
  return quiescent?.sources?.list.filter(matters) ?? [];
}

/** It rests, and has told all that could wake it. In traces that count only, there must have been nothing but its waits. */
export function tellsAll(thread: ThreadEntity): boolean {
  const { quiescent: rest } = thread;
  if (rest === null) return false;
  if (rest.sources !== null) return rest.sources.complete;
  return rest.handles === 0 && rest.timers === 0;
}
