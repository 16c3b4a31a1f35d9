import { KIND } from '../../trace/format/records.ts';
import type { ThreadEntity } from '../state/entities.ts';
import { TRACK_STATES, type TrackState } from '../types/index.ts';

const NUMBER = Object.fromEntries(TRACK_STATES.map((state, index) => [state, index])) as Record<
  TrackState,
  number
>;

/** What a wait looks like on a track. */
const STATE_OF_WAIT: ReadonlyMap<number, number> = new Map([
  [KIND.waitAcquire, NUMBER.lock],
  [KIND.waitCondition, NUMBER.lock],
  [KIND.waitEvent, NUMBER.lock],
  [KIND.waitBarrier, NUMBER.lock],
  [KIND.waitReceive, NUMBER.receive],
  [KIND.waitAny, NUMBER.receive],
  [KIND.waitAccept, NUMBER.receive],
  [KIND.waitSend, NUMBER.send],
  [KIND.waitFlush, NUMBER.send],
  [KIND.waitJoin, NUMBER.join],
  [KIND.waitTaskDone, NUMBER.join],
  [KIND.waitResult, NUMBER.result],
  [KIND.waitCall, NUMBER.result],
  [KIND.waitAtomics, NUMBER.sync],
  [KIND.waitSyncSpawn, NUMBER.sync],
]);

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
      STATE_OF_WAIT.get(wait.kind) ?? NUMBER.join,
      (wait.resource?.index ?? -1) + 1,
      wait.site,
    );
  } else if (thread.quiescent !== null) {
    track.push(time, NUMBER.idle, 0, 0);
  } else {
    const hold = thread.holds[thread.holds.length - 1];
    if (hold === undefined) track.push(time, NUMBER.running, 0, 0);
    else track.push(time, NUMBER.holding, hold.resource.index + 1, hold.site);
  }
}
