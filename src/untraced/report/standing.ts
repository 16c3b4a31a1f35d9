import type { Standing } from '../../model/views/parallel-stacks.ts';
import { baseName } from '../../model/words/index.ts';
import type { ThreadFacts } from '../facts/thread.ts';
import { shortName } from '../program/names.ts';
import type { Program, ProgramProcess } from '../program/program.ts';

/** A process that uses more of a core than this computes, percent. */
const BUSY = 20;

export function isBusy({ cpu, systemThreads }: Pick<ProgramProcess, 'cpu' | 'systemThreads'>): boolean {
  // On a busy machine one that would compute may get no processor.
  return (cpu ?? 0) > BUSY || systemThreads[0]?.state === 'running';
}

export function threadName(process: ProgramProcess, { threadId, name }: ThreadFacts): string {
  return threadId === 0 ? shortName(process) : `${shortName(process)} worker ${baseName(name)}`;
}

/** What a thread does, in words. */
export function doingOf(process: ProgramProcess, thread: ThreadFacts): string {
  switch (thread.where) {
    case 'loop':
      return isBusy(process) ? 'turns its event loop, and is busy' : 'is idle in its event loop';
    case 'native':
      return 'is in a native call, or starts up';
    case 'javascript':
      return isBusy(process) ? 'runs here' : 'waits here synchronously';
  }
}

/** What a process that could not be looked into is known to do. */
export function outsideDoing({ nativeCall, blockedWrite, systemThreads, reason }: ProgramProcess): string {
  if (systemThreads[0]?.state === 'stopped') return 'is stopped by a signal or a debugger';
  if (nativeCall !== null) return `stands in ${nativeCall}`;
  if (blockedWrite !== null) return `stands in a write to descriptor ${blockedWrite}, which has no room`;
  return systemThreads[0]?.state === 'running' ? 'runs' : `sleeps (not looked into: ${reason})`;
}

/** Everything that stands somewhere in a program: threads, and async functions that wait. */
export function standings({ processes }: Program): Standing[] {
  return processes.flatMap((process): Standing[] => {
    const { inside } = process;
    const id = String(process.pid);
    if (inside === null) {
      const ids = { process: id, thread: null };
      return [{ who: shortName(process), ids, doing: outsideDoing(process), frames: [], count: 1 }];
    }
    return inside.threads.flatMap((thread): Standing[] => {
      const who = threadName(process, thread);
      const ids = { process: id, thread: `${id}.${thread.threadId}` };
      const own = { who, ids, doing: doingOf(process, thread), frames: thread.frames, count: 1 };
      const waiting = (thread.suspended ?? []).map(
        ({ frame, count }): Standing => ({
          who,
          ids,
          doing: 'an async function that waits',
          frames: [frame],
          count,
        }),
      );
      return [own, ...waiting];
    });
  });
}
