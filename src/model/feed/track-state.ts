import { byNumber } from '../../trace/format/records.ts';
import type { ThreadEntity } from '../state/entities.ts';
import { TRACK_STATES, type TrackState, WAIT_STATES } from '../types/index.ts';

const NUMBER = Object.fromEntries(TRACK_STATES.map((state, index) => [state, index])) as Record<
  TrackState,
  number
>;

/** Number of the state that each kind of wait is on a track, by the number of the kind. */
const NUMBER_OF_WAIT = byNumber<TrackState, 'wait'>(WAIT_STATES).map((state) => state && NUMBER[state]);

/**
 * Appends what the thread does from `time` on: a synchronous wait, else the youngest open wait, else idle, else holding a
 * lock, else running. Depends on the thread's own stream only, so that the order of streams does not matter.
 */
export function showState(thread: ThreadEntity, time: number): void {
  const { track } = thread;
  const wait = thread.syncWait ?? thread.top;
  if (wait !== null) {
    track.push(
      time,
      NUMBER_OF_WAIT[wait.kind] ?? NUMBER.running,
      (wait.resource?.index ?? -1) + 1,
      wait.site,
      wait.sync ? 1 : 0,
    );
  } else if (thread.quiescent !== null) {
    track.push(time, NUMBER.idle, 0, 0);
  } else {
    const hold = thread.holds[thread.holds.length - 1];
    if (hold === undefined) track.push(time, NUMBER.running, 0, 0);
    else track.push(time, NUMBER.holding, hold.resource.index + 1, hold.site);
  }
}
