import type { ResourceKind } from '../../base/channels.ts';
import type { SpawnApi } from '../../trace/format/definitions.ts';
import type { KindName } from '../../trace/format/records.ts';
import type { FindingKind } from './finding-kinds.ts';

export { FINDING_KINDS, type FindingKind } from './finding-kinds.ts';

/**
 * What the model answers. All times are ns since the session's origin; `null` is "not yet" or "not known".
 * Objects handed out are live views: read them, do not change them, ask again after the next feed.
 */

/** A place in the user's source. */
export interface CallSite {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly fn: string;
  /** Taken earlier in the same channel: "last seen at". */
  readonly sampled: boolean;
}

export type ThreadState =
  /** Runs, or may run: nothing is known to block it. */
  | 'running'
  /** Every JavaScript path of it waits: blocked synchronously, or quiescent with open waits. */
  | 'blocked'
  /** Has open asynchronous waits, and still runs. */
  | 'waiting'
  /** Without open waits, alive by handles or timers only; nothing shows that it does anything. */
  | 'idle'
  | 'exited';
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

/** What kind of thing a wait is for: the wait record kinds without their prefix. */
export type WaitKind = Exclude<Extract<KindName, `wait${string}`>, 'waitEnd'>;

/** One open wait. */
export interface WaitView {
  readonly kind: WaitKind;
  readonly process: string;
  readonly thread: string;
  /** Async task of the thread, 0: none. */
  readonly task: number;
  /** Resource waited for, or `null` (a child is waited for, or several things). */
  readonly resource: string | null;
  /** Process waited for (join, spawnSync). */
  readonly awaitedProcess: string | null;
  readonly since: number;
  readonly sync: boolean;
  /** Milliseconds, `null`: none armed. */
  readonly timeoutMs: number | null;
  readonly site: CallSite | null;
}

/** One who has a lock or a unit of a semaphore. */
export interface HolderView {
  readonly process: string;
  readonly thread: string;
  readonly task: number;
  readonly ticket: number;
  readonly since: number;
  readonly site: CallSite | null;
  /** The process has exited while holding. */
  readonly dead: boolean;
}

export interface ThreadView {
  readonly id: string;
  readonly process: string;
  /** Node's thread id, 0: main. */
  readonly threadId: number;
  readonly name: string;
  readonly start: number;
  readonly end: number | null;
  readonly state: ThreadState;
  readonly waits: readonly WaitView[];
}

export interface ProcessView {
  /** Stable in a session: pid and start. */
  readonly id: string;
  readonly pid: number;
  readonly parent: string | null;
  readonly name: string;
  readonly argv: readonly string[];
  readonly api: SpawnApi | null;
  readonly daemon: boolean;
  readonly start: number;
  readonly end: number | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The shim reports from inside of it. */
  readonly instrumented: boolean;
  /** Why not, in words, or ''. */
  readonly reason: string;
  /** What keeps it alive while its main thread has nothing to do, in words, or ''. */
  readonly keptAlive: string;
  /** State of the process: blocked when all of its threads are. */
  readonly state: ThreadState;
  readonly threads: readonly ThreadView[];
  readonly children: readonly string[];
  /** Last sample: percent of one core, bytes resident. */
  readonly cpu: number | null;
  readonly memory: number | null;
}

/**
 * A thing over which messages go; a duplex pipe and an IPC channel are two of them, one per direction. A stdio pipe has no
 * messages: `sent`, `received` and `depth` count its bytes. What was received was sent, also by a process that is not traced;
 * what such a process has received is not known: 0.
 */
export interface ChannelView {
  readonly id: string;
  readonly kind: 'queue' | 'pipe' | 'ipc' | 'port' | 'stdio';
  /** The exact kind of the resource (`joinableQueue`, `broadcast` …). */
  readonly resourceKind: ResourceKind;
  readonly name: string;
  /** Ids of the processes that have sent into it / received from it. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly sent: number;
  readonly received: number;
  readonly bytes: number;
  /** Messages sent and not received, `null` where counts are not exact or every receiver gets each message. */
  readonly depth: number | null;
  /** Mean time from send to receive of the paired messages, ns. */
  readonly latencyNs: number | null;
  /** False where records were lost: then the counts are lower bounds. */
  readonly exact: boolean;
}

/** A lock or another thing that is held or waited for. */
export interface ResourceView {
  readonly id: string;
  readonly kind: ResourceKind;
  readonly name: string;
  /** Where it was made, or `null`. */
  readonly site: CallSite | null;
  readonly capacity: number;
  readonly acquisitions: number;
  readonly contended: number;
  /** Sum of the time that ended waits on it took, and open ones so far. */
  readonly waitNs: number;
  readonly holders: readonly HolderView[];
  readonly waiters: readonly WaitView[];
  readonly exact: boolean;
}

export type SiteRole = 'waits' | 'acquired' | 'created' | 'started' | 'sent' | 'ended';
export interface FindingSite extends CallSite {
  readonly role: SiteRole;
  readonly process: string;
  readonly thread: string;
  readonly resource: string | null;
  /** Time of the wait or acquisition. */
  readonly time: number;
}

/** One link of a chain of waits: who waits, for what, held by whom. */
export interface ChainLink {
  readonly process: string;
  readonly thread: string;
  readonly task: number;
  readonly waitKind: WaitKind;
  readonly resource: string | null;
  readonly since: number;
  readonly site: CallSite | null;
  /** Who could end the wait; in a cycle the `processId` of the next link is among them. */
  readonly blockedBy: readonly {
    readonly process: string;
    readonly thread: string;
    readonly site: CallSite | null;
  }[];
  /** The link in words: "worker-1 waits for lock B (held by worker-2)". */
  readonly text: string;
}

export interface Finding {
  /** Stable while the same thing is found: kind and members. */
  readonly id: string;
  readonly kind: FindingKind;
  readonly certainty: 'certain' | 'suspected';
  /** Is it (still) a hang, or something seen that does not block now (`lock-order-inversion`)? */
  readonly blocking: boolean;
  readonly title: string;
  readonly time: number;
  readonly processes: readonly string[];
  readonly resources: readonly string[];
  readonly sites: readonly FindingSite[];
  readonly chain: readonly ChainLink[];
  /** Why this is reported and with which certainty: the evidence in words. */
  readonly explanation: string;
  /** How to mend it. */
  readonly fix: string;
}

/** What a trace could not keep or what was damaged. Everything 0 and `exact`: the counts are exact. */
export interface LossView {
  readonly exact: boolean;
  /** Records dropped by the size cap. */
  readonly dropped: number;
  /** Records that were torn or corrupt. */
  readonly damaged: number;
  readonly problems: readonly {
    readonly process: string | null;
    readonly code: string;
    readonly message: string;
  }[];
}

/** An arrow: a message from its send to its receive. */
export interface FlowView {
  readonly resource: string;
  readonly n: number;
  readonly fromThread: string;
  readonly sendTime: number;
  readonly toThread: string;
  readonly receiveTime: number;
  readonly bytes: number;
}

/** A stretch of one state on a thread's track. */
export interface SliceView {
  readonly start: number;
  /** `null`: open. */
  readonly end: number | null;
  readonly state: TrackState;
  readonly resource: string | null;
  readonly site: CallSite | null;
}
/** States of a track, finer than {@link ThreadState}: what it is blocked on. Index = number in the timeline's tiles. */
export const TRACK_STATES = [
  'running',
  'lock',
  'receive',
  'send',
  'join',
  'sync',
  'result',
  'idle',
  'holding',
  'exited',
] as const;
export type TrackState = (typeof TRACK_STATES)[number];

/** One lane of the timeline: a thread. */
export interface TrackView {
  readonly thread: string;
  readonly process: string;
  readonly label: string;
  readonly depth: number;
  readonly start: number;
  readonly end: number | null;
  readonly slices: number;
}

/** Tiles of one track over a range: what the timeline draws. Arrays have one entry a bucket. */
export interface TrackTile {
  readonly thread: string;
  /** Dominant state (index in TRACK_STATES), 255: nothing. */
  readonly state: Uint8Array;
  /** Share of the dominant state in the bucket, 0–255. */
  readonly share: Uint8Array;
  /** OR of `1 << state` over all that occur in the bucket, so that a rare wait never vanishes. */
  readonly mask: Uint16Array;
}

/** What one track did during a range. Arrays have one entry a state of {@link TRACK_STATES}. */
export interface TrackStats {
  readonly thread: string;
  /** Time in the state, ns, clipped to the range. */
  readonly ns: Float64Array;
  /** Slices of the state that touch the range. */
  readonly count: Float64Array;
}

/** What a report is made of; the model has it. */
export interface Answers {
  /** When the session ended, `null` while it lives. */
  readonly end: number | null;
  /** Latest time of anything fed. */
  readonly lastTime: number;
  processes(): readonly ProcessView[];
  channels(): readonly ChannelView[];
  resources(): readonly ResourceView[];
  findings(now?: number): readonly Finding[];
  loss(): LossView;
}
