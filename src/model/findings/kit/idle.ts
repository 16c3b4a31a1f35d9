import { KIND } from '../../../trace/format/records.ts';
import type { ProcessEntity, ResourceEntity, ThreadEntity, Wait } from '../../state/entities.ts';
import type { World } from '../../state/world.ts';

/** Open channels of a kind on this side of a thread. */
export function channels(thread: ThreadEntity, kinds: readonly ResourceEntity['kind'][]): ResourceEntity[] {
  const open: ResourceEntity[] = [];
  for (const use of thread.uses.values()) {
    if (kinds.includes(use.resource.kind) && use.disconnectedAt === null && use.open) open.push(use.resource);
  }
  return open;
}

/** Idle, without waits and timers: what is counted as handles is all that keeps it. */
export function idle(process: ProcessEntity): ThreadEntity | null {
  const { main } = process;
  if (main === null || !process.alive || main.waits.size > 0 || main.quiescent === null) return null;
  return main.quiescent.timers === 0 && main.quiescent.handles > 0 ? main : null;
}

/** The waits for the end of a process, of parents that have nothing else to do. */
export function awaitedEnd(world: World, process: ProcessEntity): Wait[] {
  const waits: Wait[] = [];
  for (const thread of world.waiting) {
    if (!thread.alive || (thread.syncWait === null && thread.quiescent === null)) continue;
    for (const wait of thread.waits.values()) {
      const joins =
        wait.kind === KIND.waitJoin || wait.kind === KIND.waitChild || wait.kind === KIND.waitSyncSpawn;
      if (joins && wait.child?.process === process && wait.timeoutMs === null) waits.push(wait);
    }
  }
  return waits;
}

export function isIdle(thread: ThreadEntity): boolean {
  return thread.waits.size === 0 && thread.quiescent !== null && thread.quiescent.timers === 0;
}
