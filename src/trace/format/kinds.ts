import type { Bytes, ChildId, Ms, ResourceId, SourcesId, WaitNumber } from '../../base/quantities.ts';

/**
 * What every record kind is, once. From this table come the numbers on disk (`KIND`), the writers with named fields, the
 * model's dispatch, the states of tracks, and the tables of `docs/trace-format.md` (`node scripts/trace-format.mjs`), which take the
 * comments here for the meaning. A number is never used twice; a kind that is new since version 1.0 says `since` which minor
 * version it is there, which is then `TRACE_MINOR`.
 */
export interface KindSpec {
  /** On disk, 1–255. */
  readonly number: number;
  readonly group: Group;
  /** Which definition the field `resource` is the id of; missing: it is 0. */
  readonly on?: keyof Subjects;
  /** What the field `n` holds; missing: it is 0. */
  readonly n?: keyof Meanings;
  /** What the field `value` holds; missing: it is 0. */
  readonly value?: keyof Meanings;
  readonly flags?: readonly FlagName[];
  /** What the thread's track shows as long as this wait is open. */
  readonly track?: WaitTrack;
  /** Minor version of the trace that brought it; missing: 0. */
  readonly since?: number;
}

/** Kinds of a group change the same part of the model. */
export type Group =
  /** Processes and threads begin and end. */
  | 'life'
  /** Handles on resources come and go. */
  | 'handle'
  /** Locks and semaphores. */
  | 'lock'
  /** Conditions, events, barriers. */
  | 'sync'
  /** Queues, pipes, ports, stdio. */
  | 'channel'
  /** Pools and their tasks. */
  | 'pool'
  /** Calls of a manager's clients, as its server sees them. */
  | 'call'
  /** The thread has come to rest, or does something again. */
  | 'rest'
  /** Cumulative counters, which repair what a reader has missed. */
  | 'counter'
  /** What the thread has used of the processors so far. */
  | 'usage'
  /** A wait begins. */
  | 'wait'
  /** What a wait is for, more exactly. */
  | 'subject'
  /** A wait ends. */
  | 'waitEnd';

/** What the field `resource` may be the id of. */
export interface Subjects {
  /** A `resource` definition. */
  readonly resource: ResourceId;
  /** A `child` definition. */
  readonly child: ChildId;
  /** A `sources` definition; 0: none is known. */
  readonly sources: SourcesId;
  /** What was waited for: a `resource` or a `child` definition; 0: several things. */
  readonly awaited: ResourceId | ChildId;
}

/** What the fields `n` and `value` may hold. */
export interface Meanings {
  /** Process id of the system; 0: not known. */
  readonly pid: number;
  /** Process id of the one that gets the signal; 0: this process. */
  readonly receiver: number;
  /** Node's `threadId`. */
  readonly thread: number;
  /** Exit code, signed. */
  readonly code: number;
  /** Exit code, signed; with the flag `signal` the number of a signal. */
  readonly exit: number;
  /** Number of a signal; 0: it was sent to see whether the process lives. */
  readonly signalNumber: number;
  /** `ROLE` bits: what the handle may do; 0: both. */
  readonly role: number;
  /** Number of the acquisition among those of its resource, one more each time, modulo 2³²; 0: not known. */
  readonly ticket: number;
  /** Number of the wait, unique in its stream. */
  readonly wait: WaitNumber;
  /** Number of the wait that led here; 0: there was none. */
  readonly ledBy: WaitNumber;
  /** Milliseconds, with the flag `timeout`; 0: an AbortSignal may end the wait, nobody knows when. */
  readonly timeoutMs?: Ms | undefined;
  /** Uncontended pairs of acquire and release. */
  readonly pairs: number;
  /** Of a condition: ticket of the last wait that it woke (see `subject`), 0: none. Of shared memory: most sleepers that it would have woken. */
  readonly asked: number;
  /** Sleepers that were woken. */
  readonly woken: number;
  /** Generation of the barrier. */
  readonly generation: number;
  /** Order of arrival in the generation, from 0. */
  readonly arrival: number;
  /** Position of the message in its channel, from 1; stdio: bytes that this end has moved, those of the record included, modulo 2³². */
  readonly position: number;
  /** Position of the `send` that is taken back; `NO_POSITION`: one without a position; 0: none. */
  readonly takenBack: number;
  /** Bytes; 0: not known. */
  readonly bytes: Bytes;
  /** Messages that had arrived, and for which nobody listened. */
  readonly ignored: number;
  /** 1: nothing was ever taken out of the buffer. */
  readonly unread: number;
  /** Number of the pool's task. */
  readonly poolTask: number;
  /** Number of the first task that was submitted together with this one. */
  readonly firstTask: number;
  /** Number of the call on its connection. */
  readonly call: number;
  /**
   * `waitResult`: number of the first of the tasks that were submitted together, and of which it awaits all. `waitBarrier`: the
   * generation whose end it awaits, having arrived in it (without: it has not arrived yet). `waitCondition`: ticket of the wait,
   * one more a wait of the condition. `waitCall`: number of the call on its connection.
   */
  readonly part: number;
  /** Ref'd handles that could wake the thread beside its waits. */
  readonly handles: number;
  /** Armed timers. */
  readonly timers: number;
  /** Operations so far. */
  readonly operations: number;
  /** Bytes so far, low 32 bits. */
  readonly bytesLow: number;
  /** Bytes so far of the `total` before it, high 32 bits. */
  readonly bytesHigh: number;
  /** Microseconds so far that the thread was on a processor, modulo 2³². */
  readonly used: number;
  /** Microseconds so far that it could have run and had none, modulo 2³²; `NOT_TOLD`: the system does not tell. */
  readonly ready: number;
  /** Microseconds so far that its event loop waited for something to do, modulo 2³². */
  readonly loopIdle: number;
}

/** What `flags` says of some kinds only; any record may have `sampledSite` and `checkpoint`. */
export type FlagName = 'sync' | 'timeout' | 'outcome' | 'signal' | 'summed' | 'receiving' | 'shared';

/** What a track shows during a wait. */
export type WaitTrack = 'lock' | 'send' | 'receive' | 'join' | 'result' | 'sync';

type WaitSpec = KindSpec & { readonly group: 'wait'; readonly track: WaitTrack; readonly n: 'wait' };
type OtherSpec = KindSpec & { readonly group: Exclude<Group, 'wait'>; readonly track?: never };

/** A wait for something with a definition. */
function wait<const N extends number, const S extends keyof Subjects, const T extends WaitTrack>(
  number: N,
  on: S,
  track: T,
) {
  return { number, group: 'wait', on, n: 'wait', value: 'timeoutMs', flags: WAIT_FLAGS, track } as const;
}
const WAIT_FLAGS = ['sync', 'timeout'] as const;

export const KINDS = {
  /** The thread's first record. */
  processStart: { number: 1, group: 'life', value: 'pid' },
  /** The thread ends by itself; the code of thread 0 is that of the process. */
  processExit: { number: 2, group: 'life', value: 'code' },
  /** This process has started a child. */
  start: { number: 3, group: 'life', on: 'child', n: 'pid' },
  /** A child's end, as its parent saw it. */
  childExit: { number: 4, group: 'life', on: 'child', n: 'pid', value: 'exit', flags: ['signal'] },
  /** The runtime has begun its exit phase: it joins children that are no daemons, and flushes queues. */
  exiting: { number: 5, group: 'life' },
  /** This thread has started a worker thread (a child with api `worker`). */
  threadStart: { number: 6, group: 'life', on: 'child', n: 'thread' },
  /** A signal was received or sent. */
  signal: { number: 7, group: 'life', n: 'receiver', value: 'signalNumber' },
  /**
   * What the process was started for begins: all modules are imported, all arguments are open. Of the runtime's own services:
   * a pool's worker is ready for tasks, a manager serves. Until then the process may use every handle that it was given.
   */
  targetStart: { number: 8, group: 'life', since: 1 },

  /** This thread has made the resource, and has a handle on it. */
  create: { number: 10, group: 'handle', on: 'resource', value: 'role' },
  /** This thread has got a handle on a resource that exists. */
  open: { number: 11, group: 'handle', on: 'resource', value: 'role' },
  /** This thread has given its handle back. */
  close: { number: 12, group: 'handle', on: 'resource', value: 'role' },

  /** A lock, or a unit of a semaphore, was taken; with the flag `timeout` by who would have given up without it. */
  acquire: {
    number: 20,
    group: 'lock',
    on: 'resource',
    n: 'ticket',
    value: 'ledBy',
    flags: [...WAIT_FLAGS, 'shared'],
  },
  /** It was given back: the acquisition with this ticket ends. */
  release: { number: 21, group: 'lock', on: 'resource', n: 'ticket' },
  /** Many uncontended pairs of acquire and release, counted; the ticket and the site are the last one's. */
  pairs: { number: 22, group: 'lock', on: 'resource', n: 'ticket', value: 'pairs' },
  /** The holder was found dead (its pid), and the lock was freed: the acquisition with this ticket ends. */
  ownerDied: { number: 23, group: 'lock', on: 'resource', n: 'ticket', value: 'pid' },

  /** Sleepers of a condition or of shared memory were woken. */
  notify: { number: 24, group: 'sync', on: 'resource', n: 'asked', value: 'woken' },
  /** An event was set. */
  eventSet: { number: 25, group: 'sync', on: 'resource' },
  /** An event was cleared. */
  eventClear: { number: 26, group: 'sync', on: 'resource' },
  /** A thread has left a barrier. */
  barrierPass: { number: 27, group: 'sync', on: 'resource', n: 'generation', value: 'arrival' },
  /** A barrier was broken: all that wait at it get an error. */
  barrierBreak: { number: 28, group: 'sync', on: 'resource' },
  /** A barrier was reset. */
  barrierReset: { number: 29, group: 'sync', on: 'resource' },

  /** An item was put, a message sent. */
  send: { number: 30, group: 'channel', on: 'resource', n: 'position', value: 'bytes', flags: ['summed'] },
  /** An item was got, a message received: its position is that of its `send`. */
  receive: { number: 31, group: 'channel', on: 'resource', n: 'position', value: 'bytes', flags: ['summed'] },
  /** An item could not be serialised, or its channel was closed: nothing was sent. */
  sendRejected: { number: 32, group: 'channel', on: 'resource', n: 'takenBack', value: 'bytes' },
  /** An item of a joinable queue is done. */
  taskDone: { number: 33, group: 'channel', on: 'resource' },
  /** The channel is disconnected, or at its end on this side. */
  disconnect: { number: 34, group: 'channel', on: 'resource', value: 'ignored' },
  /**
   * Back-pressure. By a writer: what it writes stands still (or is above its high-water mark). By a reader of stdio: its
   * buffer is full, and it has stopped reading. The bytes are those that wait.
   */
  backpressure: { number: 35, group: 'channel', on: 'resource', n: 'unread', value: 'bytes' },
  /** Back-pressure has ended. */
  drained: { number: 36, group: 'channel', on: 'resource' },

  /** A task was given to a pool. */
  submit: { number: 40, group: 'pool', on: 'resource', n: 'poolTask', value: 'firstTask' },
  /** A worker has begun a task. */
  taskStart: { number: 41, group: 'pool', on: 'resource', n: 'poolTask' },
  /** A worker has ended a task. */
  taskEnd: { number: 42, group: 'pool', on: 'resource', n: 'poolTask' },
  /** A worker process belongs to the pool. */
  poolWorker: { number: 43, group: 'pool', on: 'resource', n: 'pid' },
  /** The pool takes no more tasks. */
  poolClose: { number: 44, group: 'pool', on: 'resource' },
  /** The pool's workers are being stopped. */
  poolTerminate: { number: 45, group: 'pool', on: 'resource' },

  /**
   * A manager's server begins a client's call. The resource is the pipe that brought it, 0: a socket; `task` is the server's
   * task for the client's task, which holds and waits on the client's behalf. What the thread waits for under this task until
   * the next `callStart`, it waits for in this call.
   */
  callStart: { number: 46, group: 'call', on: 'resource', n: 'call', since: 1 },
  /** The call has been answered; the fields are those of its `callStart`. */
  callEnd: { number: 47, group: 'call', on: 'resource', n: 'call', since: 1 },

  /**
   * Nothing has happened in this thread for a while: nothing but its open waits and what is counted can wake it or keep it
   * alive. Repeated when the definition that holds has changed, or the loop has turned meanwhile.
   */
  quiescent: { number: 50, group: 'rest', on: 'sources', n: 'handles', value: 'timers' },
  /** Activity after `quiescent`. */
  resumed: { number: 51, group: 'rest' },
  /** The thread waits in its loop for what nobody traces: it holds nothing back until it does something that is recorded. */
  rest: { number: 52, group: 'rest' },

  /** Cumulative counters of a resource at the begin of a segment. */
  total: {
    number: 55,
    group: 'counter',
    on: 'resource',
    n: 'operations',
    value: 'bytesLow',
    flags: ['receiving'],
  },
  /** Goes with the `total` before it, where its bytes need more than 32 bits. */
  totalHigh: { number: 56, group: 'counter', on: 'resource', value: 'bytesHigh', flags: ['receiving'] },

  /** Processor time of the thread, now and then: no more often than every 50 ms. */
  spent: { number: 58, group: 'usage', n: 'used', value: 'ready', since: 1 },
  /** Goes with the `spent` before it, where Node tells. */
  looped: { number: 59, group: 'usage', n: 'loopIdle', since: 1 },

  /** Follows a wait, and says which part of the resource it is for. */
  subject: { number: 60, group: 'subject', on: 'awaited', n: 'wait', value: 'part', since: 1 },

  /** For a lock, or a unit of a semaphore. */
  waitAcquire: wait(64, 'resource', 'lock'),
  /** For an item or a message. */
  waitReceive: wait(65, 'resource', 'receive'),
  /** For room in a channel. */
  waitSend: wait(66, 'resource', 'send'),
  /** For the end of a child. */
  waitJoin: wait(67, 'child', 'join'),
  /** For all items of a joinable queue to be done. */
  waitTaskDone: wait(68, 'resource', 'join'),
  /** For a condition to be notified. */
  waitCondition: wait(69, 'resource', 'lock'),
  /** For an event to be set. */
  waitEvent: wait(70, 'resource', 'lock'),
  /** For the other parties of a barrier. */
  waitBarrier: wait(71, 'resource', 'lock'),
  /** For the results of a pool's tasks; `subject` says of which, without it: of any. */
  waitResult: wait(72, 'resource', 'result'),
  /** For puts that are not flushed, at exit. */
  waitFlush: wait(73, 'resource', 'send'),
  /** For any of several connections, sockets or processes. */
  waitAny: { number: 74, group: 'wait', n: 'wait', value: 'timeoutMs', flags: WAIT_FLAGS, track: 'receive' },
  /** For a connection to a listener. */
  waitAccept: wait(75, 'resource', 'receive'),
  /** `Atomics.wait` and `waitAsync`. */
  waitAtomics: wait(76, 'resource', 'sync'),
  /** spawnSync and its family: the thread runs no JavaScript until the child ends. */
  waitSyncSpawn: wait(77, 'child', 'sync'),
  /** For the end of a child, by nothing but the event loop (`close` or `exit`). */
  waitChild: wait(78, 'child', 'join'),
  /** For the answer to a call of a manager, one wait a call. The resource is the pipe that took it there, 0: a socket. */
  waitCall: { ...wait(79, 'resource', 'result'), since: 1 },
  /** For every worker of a pool to be ready for tasks. */
  waitReady: { ...wait(80, 'resource', 'result'), since: 1 },
  /** A wait ends: the one with this number, for the same resource or child. */
  waitEnd: { number: 95, group: 'waitEnd', on: 'awaited', n: 'wait', flags: ['sync', 'outcome'] },
} as const satisfies Readonly<Record<string, WaitSpec | OtherSpec>>;
