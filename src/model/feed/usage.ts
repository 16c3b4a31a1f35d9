import type { Observation } from '../../trace/format/definitions.ts';
import { byNumber, FLAG, NOT_TOLD } from '../../trace/format/records.ts';
import type { ProcessEntity } from '../state/entities.ts';
import { SEEN } from '../state/usage.ts';
import type { Apply } from './apply.ts';

const USAGE = byNumber<Apply, 'usage'>({
  spent(_world, { thread: { usage }, sums }, { time, n, value }) {
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
  for (const { id, used, ready = Number.NaN, doing } of threads) {
    const thread = [...process.threads.values()].find((t) => t.systemThread === id);
    thread?.usage.add({ time, used, ready, idle: Number.NaN, seen: SEEN[doing] });
  }
}
