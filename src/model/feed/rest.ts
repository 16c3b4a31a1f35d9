import { byNumber } from '../../trace/format/records.ts';
import type { ThreadEntity } from '../state/entities.ts';
import type { World } from '../state/world.ts';
import type { Apply } from './apply.ts';

const REST = byNumber<Apply, 'rest'>({
  quiescent(world, { thread, sources: last }, record) {
    const { time, resource, n: handles, value: timers } = record;
    const sources = resource !== 0 && last?.id === resource ? last : null;
    thread.quiescent = { time, since: thread.quiescent?.since ?? time, sources, handles, timers };
    thread.woken = null;
    world.resting.add(thread);
    world.touch(thread.process);
  },
  resumed: (world, { thread }, record) => wake(world, thread, record.time),
  rest(world, { thread }, record) {
    thread.restedAt = record.time;
    wake(world, thread, record.time);
  },
});

/** The thread has come to rest, or does something again. */
export const applyRest: Apply = (world, stream, record, use) =>
  REST[record.kind]?.(world, stream, record, use);

/** A rest is over as soon as the thread does anything, whether it says `resumed` or not. */
export function wake(world: World, thread: ThreadEntity, time: number): void {
  if (thread.quiescent !== null) {
    thread.woken = { time, rest: thread.quiescent, acted: false };
    world.hasWoken(thread);
  }
  thread.quiescent = null;
  world.resting.delete(thread);
  world.touch(thread.process);
}
