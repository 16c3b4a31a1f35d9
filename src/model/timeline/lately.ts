import type { ThreadEntity } from '../state/entities.ts';
import { SEEN } from '../state/usage.ts';
import type { Lately } from '../types/index.ts';
import { IDLE, NATIVE, PAUSED, STOPPED, seenOff } from './spent.ts';

/** What a thread did is known from looks that are not older, ns. */
const LATELY = 3e9;
/** It did what it did for so much of the time between two looks. */
const MOST = 0.5;
/** A thread that was on a processor for less of the time has hardly run. */
const HARDLY = 0.05;

const OFF: ReadonlyMap<number, Lately> = new Map([
  [IDLE, 'idle'],
  [NATIVE, 'native'],
  [PAUSED, 'paused'],
  [STOPPED, 'stopped'],
]);

/** What a thread did between the last two looks at it, where it is not its waits that tell; `null`: not known. */
export function latelyOf(thread: ThreadEntity, now: number): Lately | null {
  const { usage } = thread;
  const last = usage.length - 1;
  if (last < 1 || now - usage.times[last]! > LATELY) return null;
  if (usage.seen[last] === SEEN.stopped) return 'stopped';
  const length = usage.times[last]! - usage.times[last - 1]!;
  if (!(length > 0)) return null;
  const share = (column: Float64Array): number => (column[last]! - column[last - 1]!) / length;
  if (share(usage.used) >= MOST) return 'running';
  if (share(usage.ready) >= MOST) return 'ready';
  const off = OFF.get(seenOff(thread, last));
  if (off !== undefined) return off;
  if (share(usage.used) >= HARDLY) return 'running';
  return share(usage.idle) >= MOST ? 'idle' : null;
}
