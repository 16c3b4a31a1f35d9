import type { PausedBy, SpawnApi } from '../../trace/format/definitions.ts';
import type { KindNameOf } from '../../trace/format/records.ts';
import type { ByteCount, Count, Duration, Time } from './quantities.ts';
import type { CallSite } from './site.ts';

export type { PausedBy } from '../../trace/format/definitions.ts';

/**
 * What a thread or process does. `running`: it runs or may run, nothing is known to block it. `blocked`: every JavaScript
 * path of it waits, synchronously or at rest with open waits. `waiting`: it has open asynchronous waits and still runs.
 * `idle`: no open waits, alive by handles or timers only, and nothing shows that it does anything. `exited`: it has ended.
 */
export type ThreadState = 'running' | 'blocked' | 'waiting' | 'idle' | 'exited';

/** What a thread did lately, as the use of the processors shows it. */
export type Lately = 'running' | 'ready' | 'idle' | 'native' | 'paused' | 'stopped';

/** What kind of thing a wait is for: the wait kinds of the trace. */
export type WaitKind = KindNameOf<'wait'>;

/**
 * What a process gives its parent when it ends: 0 is success.
 * @asType integer
 */
export type ExitCode = number;

/** One open wait. */
export interface WaitView {
  /** What kind of thing is waited for. */
  readonly kind: WaitKind;
  /** Id of the process that waits. */
  readonly process: string;
  /** Id of the thread that waits. */
  readonly thread: string;
  /** Number of the async task of the thread, 0: none. */
  readonly task: Count;
  /** Id of the channel or resource waited for, `null`: a child is waited for, or any of several things. */
  readonly resource: string | null;
  /** Id of the process whose end is waited for, `null`: none. */
  readonly awaitedProcess: string | null;
  /** When the wait began. */
  readonly since: Time;
  /** The whole thread stands still. */
  readonly sync: boolean;
  /** Armed timeout in milliseconds, `null`: none. */
  readonly timeoutMs: number | null;
  /** The line that waits, `null`: not known. */
  readonly site: CallSite | null;
}

/** A thread of a process. */
export interface ThreadView {
  /** Unique in the session. */
  readonly id: string;
  /** Id of its process. */
  readonly process: string;
  /** Node's thread id, 0: the main thread. */
  readonly threadId: Count;
  /** What it is called. */
  readonly name: string;
  /** When it started. */
  readonly start: Time;
  /** When it ended, `null`: it has not. */
  readonly end: Time | null;
  /** What it does. */
  readonly state: ThreadState;
  /** Its open waits. */
  readonly waits: readonly WaitView[];
  /**
   * What it did between the last two looks at its processor time, at most 3 s ago: `running` (on a processor), `ready`, `idle`,
   * `native` (off the processors in a call outside of JavaScript), `paused` or `stopped`. `null`: not known, or it has ended.
   */
  readonly lately: Lately | null;
  /** Time on a processor until `usedAt`, of this thread alone; `null`: the system does not tell. */
  readonly used: Duration | null;
  /** Time until `usedAt` in which it could have run and had no processor; `null`: the system does not tell. */
  readonly ready: Duration | null;
  /** Up to when `used` is known, `null`: not at all. */
  readonly usedAt: Time | null;
  /** Exit code of a worker thread, `null`: it has not ended, is a main thread, or nobody learned the code. */
  readonly exitCode: ExitCode | null;
  /** The error that ended it, in one line, or ''. */
  readonly error: string;
  /** What it did when the program was ended from outside, in words, or ''. */
  readonly lastState: string;
  /** What keeps it alive while it has nothing to do, each with its line, or did when the program was ended from outside; in words, or ''. */
  readonly keptAlive: string;
  /**
   * Which threads of the trace it waits for an answer from while it rests, in words, or ''. Only where it has asked by a
   * connection of its own, and nothing has ever come back by it.
   */
  readonly asks: string;
}

/** A process, traced from inside or only seen from outside. */
export interface ProcessView {
  /** Unique in the session, also where a pid is used again. */
  readonly id: string;
  /** Process id of the system. */
  readonly pid: Count;
  /** Id of the process that started it, `null`: the first one, or not known. */
  readonly parent: string | null;
  /** What it is called: no other process of the session has the same name. */
  readonly name: string;
  /** The script that it runs, or its program, without folders. */
  readonly program: string;
  /** Its command line; may hold secrets. */
  readonly argv: readonly string[];
  /** How it was started, `null`: not known. */
  readonly api: SpawnApi | null;
  /** A daemon of the runtime: it is ended with its parent. */
  readonly daemon: boolean;
  /** When it started. */
  readonly start: Time;
  /** When it ended, `null`: it has not. */
  readonly end: Time | null;
  /** Its exit code, `null`: it has not ended, was ended by a signal, or nobody learned the code. */
  readonly exitCode: ExitCode | null;
  /** Name of the signal that ended it, `null`: none. */
  readonly signal: string | null;
  /** The tracer reports from inside of it. */
  readonly instrumented: boolean;
  /** Why the tracer does not, in words, or ''. */
  readonly reason: string;
  /** What keeps it alive while its main thread has nothing to do, or did when it was ended from outside; in words, or ''. */
  readonly keptAlive: string;
  /** What it does: blocked when all of its threads are. */
  readonly state: ThreadState;
  /** It stands still as a whole: it is held by a debugger, or stopped by a signal. `null`: it is not. */
  readonly paused: PausedBy | null;
  /** Its threads, the main thread first; empty where the tracer is not in it. */
  readonly threads: readonly ThreadView[];
  /** Ids of the processes that it started, in order of their start. */
  readonly children: readonly string[];
  /** CPU use at the last look, percent of one core; `null`: not known. */
  readonly cpu: number | null;
  /** Resident memory at the last look, `null`: not known. */
  readonly memory: ByteCount | null;
}

/** `ProcessView.reason` of a Node process that lives and has no stream: it has just been started, or will never have one. */
export const NOT_REPORTED_YET = 'the tracer was not loaded in it';
/** A Node process that says nothing for so long is not traced; ns. */
const LONGEST_START = 5e9;

/** Has a Node process of a running session just been started? It may still say something. `now`: session time, ns. */
export function isStarting(
  { instrumented, reason, start, end }: Pick<ProcessView, 'instrumented' | 'reason' | 'start' | 'end'>,
  now: number,
): boolean {
  return end === null && !instrumented && reason === NOT_REPORTED_YET && now - start < LONGEST_START;
}

/** Has a process ended by a signal or with a code? Of some (orphans, those of a killed parent) nobody learns how they ended. */
export function hasFailed({ exitCode, signal }: Pick<ProcessView, 'exitCode' | 'signal'>): boolean {
  return signal !== null || (exitCode !== null && exitCode !== 0);
}

/** The wait that says most about why somebody stands still: the oldest synchronous one, else the oldest. */
export function mainWait(waits: readonly WaitView[]): WaitView | undefined {
  const sync = waits.filter((wait) => wait.sync);
  return (sync.length > 0 ? sync : waits).reduce<WaitView | undefined>(
    (oldest, wait) => (oldest === undefined || wait.since < oldest.since ? wait : oldest),
    undefined,
  );
}

/** The wait of a process that says most: that of its main thread, else of any. */
export function waitOf({ threads }: ProcessView): WaitView | undefined {
  const main = threads.find(({ threadId }) => threadId === 0);
  return mainWait(main?.waits ?? []) ?? mainWait(threads.flatMap(({ waits }) => waits));
}
