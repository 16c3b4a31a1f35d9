import type { Standing } from '../../model/views/parallel-stacks.ts';
import type { ThreadFacts } from '../facts/thread.ts';
import type { Program, ProgramProcess } from '../program/program.ts';

/** A process that uses more of a core than this computes, percent. */
const BUSY = 20;

/** Options of Node whose value is a word of its own. */
const TAKES_VALUE = /^(-r|-C|--(require|import|loader|experimental-loader|env-file|conditions|input-type))$/;

export function isBusy({ cpu, systemThreads }: Pick<ProgramProcess, 'cpu' | 'systemThreads'>): boolean {
  // On a busy machine one that would compute may get no processor.
  return (cpu ?? 0) > BUSY || systemThreads[0]?.state === 'running';
}

/** The script that a process runs, or its command, without folders. */
export function shortName({ argv, pid }: Pick<ProgramProcess, 'argv' | 'pid'>): string {
  const [command = '', ...rest] = argv;
  const script = rest.find(
    (word, index) => !word.startsWith('-') && !TAKES_VALUE.test(rest[index - 1] ?? ''),
  );
  const isNode = /(^|[/\\])node(\.exe)?$/.test(command);
  return `${base(isNode && script !== undefined ? script : command)} (${pid})`;
}

function base(file: string): string {
  return file.split(/[/\\]/).at(-1) ?? file;
}

export function threadName(process: ProgramProcess, { threadId, name }: ThreadFacts): string {
  return threadId === 0 ? shortName(process) : `${shortName(process)} worker ${base(name)}`;
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
    if (inside === null)
      return [{ who: shortName(process), doing: outsideDoing(process), frames: [], count: 1 }];
    return inside.threads.flatMap((thread): Standing[] => {
      const who = threadName(process, thread);
      const own = { who, doing: doingOf(process, thread), frames: thread.frames, count: 1 };
      const waiting = (thread.suspended ?? []).map(
        ({ frame, count }): Standing => ({
          who,
          doing: 'an async function that waits',
          frames: [frame],
          count,
        }),
      );
      return [own, ...waiting];
    });
  });
}
