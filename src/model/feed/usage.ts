import type { Observation } from '../../trace/format/definitions.ts';
import { byNumber, FLAG, NOT_TOLD } from '../../trace/format/records.ts';
import type { ProcessEntity, ThreadEntity } from '../state/entities.ts';
import { SEEN } from '../state/usage.ts';
import type { Apply } from './apply.ts';

const USAGE = byNumber<Apply, 'usage'>({
  spent(_world, { thread, sums }, { time, n, value }) {
    const { usage, inCall } = thread;
    // Whoever tells something is in no call; what it told before comes late sometimes.
    if (inCall !== null && time > inCall.since) thread.inCall = null;
    const least = usage.length === 0 ? 0 : (usage.used[usage.length - 1] as number);
    usage.add({
      time,
      used: sums.ns('used', n, least),
      ready: value === NOT_TOLD ? Number.NaN : sums.ns('ready', value),
      idle: Number.NaN,
      seen: SEEN.told,
    });
  },
  looped(_world, { thread: { usage }, sums }, { time, n }) {
    usage.tellIdle(time, sums.ns('idle', n));
  },
});

/** What a thread tells of its processor time. */
export const applyUsage: Apply = (world, stream, record, use) => {
  if ((record.flags & FLAG.checkpoint) !== 0) return;
  USAGE[record.kind]?.(world, stream, record, use);
  const { process } = stream.thread;
  process.revision = world.revision;
};

/** What the system shows of a process's threads. */
export function seeThreads(
  process: ProcessEntity,
  { time, threads = [] }: Extract<Observation, { type: 'sample' }>,
): void {
  for (const { id, used, ready = Number.NaN, doing, call } of threads) {
    const thread = [...process.threads.values()].find((t) => t.systemThread === id);
    if (thread === undefined) continue;
    thread.inCall = callAt(thread, time, used, doing === 'running' ? null : call);
    thread.usage.add({ time, used, ready, idle: Number.NaN, seen: SEEN[doing] });
  }
}

/** Whoever polls by sleeping is awake for less than this share of the time. */
const AWAKE = 0.02;

/**
 * The system call in which a thread is by a look at `time`, and since when.
 * @param call `null`: it runs or waits for a processor. Whoever polls by sleeping is met so too, but hardly twice in a row.
 */
function callAt(
  { inCall, usage }: ThreadEntity,
  time: number,
  used: number,
  call: string | null | undefined,
): ThreadEntity['inCall'] {
  const last = usage.length - 1;
  const [then, before] = [usage.times[last] ?? time, usage.used[last] ?? used];
  const sleeps = inCall !== null && last >= 0 && used - before <= AWAKE * (time - then);
  if (call === null) return sleeps && !inCall.awake ? { ...inCall, awake: true } : null;
  if (call === undefined) return null;
  return { name: call, since: sleeps ? inCall.since : time, awake: false };
}
