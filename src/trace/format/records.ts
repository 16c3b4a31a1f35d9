import type { Outcome } from '../../base/channels.ts';
import { OUTCOMES } from '../../base/channels.ts';

/**
 * The record vocabulary of a trace, version 1. A record is 32 bytes, little-endian:
 *
 * | offset | type | field    | meaning                                                              |
 * |-------:|------|----------|----------------------------------------------------------------------|
 * |      0 | f64  | time     | nanoseconds since the session's origin                               |
 * |      8 | u8   | kind     | one of {@link KINDS}                                                 |
 * |      9 | u8   | flags    | see {@link FLAG}                                                     |
 * |     10 | u16  | task     | async task of the thread, 0: none                                    |
 * |     12 | u32  | resource | id of a definition of this stream (resource or child), 0: none       |
 * |     16 | u32  | site     | id of a call site of this stream, 0: unknown                         |
 * |     20 | u32  | n        | the resource's own sequence number, or the number of a wait          |
 * |     24 | u32  | value    | bytes, depth, count, timeout in ms, exit code: by kind               |
 * |     28 | u32  | check    | hash of the 28 bytes before and of the slot index, stored last       |
 */
export const RECORD_SIZE = 32;

/**
 * Record kinds and their numbers on disk. Numbers are never reused; new kinds are appended within their group.
 * `n` and `value` are given as `n: …, value: …`; where they are not named they are 0.
 */
export const KIND = {
  /** The thread's first record. value: pid. */
  processStart: 1,
  /** The thread ends by itself. value: exit code (thread 0: of the process). */
  processExit: 2,
  /** This process started a child (definition `child` in `resource`). n: pid, or 0 while unknown. */
  start: 3,
  /** A child's end as its parent saw it. value: exit code, or with FLAG.signal the signal's number. n: pid. */
  childExit: 4,
  /** The runtime has begun its exit phase (it joins non-daemon children, flushes queues). */
  exiting: 5,
  /** A worker thread was started (definition `child`, api `worker`). n: thread id. */
  threadStart: 6,
  /** A signal was received or sent. value: signal number; n: target pid, 0: this process. */
  signal: 7,
  /**
   * What the process was started for begins: all modules are imported, all arguments are open. Of the runtime's own services:
   * a pool's worker is ready for tasks, a manager serves. Until then the process may use every handle that it was given.
   */
  targetStart: 8,

  /** This thread made the resource. */
  create: 10,
  /** This thread got a handle on a resource that exists. value: ROLE bits. */
  open: 11,
  /** This thread gave its handle back. value: ROLE bits. */
  close: 12,

  /** Lock or semaphore taken. n: acquisition ticket of the resource (+1 a time); value: number of the wait that led here, 0: at once. */
  acquire: 20,
  /** Lock or semaphore given back. n: ticket of the acquisition that ends. */
  release: 21,
  /** Many uncontended acquire+release pairs of one resource. n: last ticket; value: number of pairs. */
  pairs: 22,
  /** The holder was found dead and the lock was freed. n: ticket of the dead acquisition; value: pid of the dead. */
  ownerDied: 23,
  /**
   * n: of a condition, the ticket of the last wait that it woke (`subject`), 0: none; of shared memory, how many it would have
   * woken. value: how many it woke.
   */
  notify: 24,
  eventSet: 25,
  eventClear: 26,
  /** A thread left a barrier. n: generation; value: index in the round. */
  barrierPass: 27,
  barrierBreak: 28,
  barrierReset: 29,

  /** Item put / message sent. n: position in the channel, from 1; value: bytes. stdio: n is the number of bytes that this end has moved, those included (low 32 bits). */
  send: 30,
  /** Item got / message received. n: the same position as its `send`; value: bytes. stdio: as `send`. */
  receive: 31,
  /** An item could not be serialised or its channel was closed. value: bytes, 0: unknown; n: position of the `send` that this takes back ({@link NO_POSITION}: one without), 0: none. */
  sendRejected: 32,
  taskDone: 33,
  /** The channel is disconnected or at its end on this side. value: messages that had arrived, and for which nobody listened. */
  disconnect: 34,
  /**
   * Back-pressure. By a writer: what it writes stands still (or is above its high-water mark). By a reader of stdio: its buffer
   * is full, and it has stopped reading; n: 1 when nothing was ever taken out of it. value: bytes waiting.
   */
  backpressure: 35,
  /** Back-pressure has ended. */
  drained: 36,

  /** Task given to a pool. n: task number; value: number of the first task that was submitted together with it. */
  submit: 40,
  /** Worker began a task. n: task number. */
  taskStart: 41,
  /** Worker ended a task. n: task number. */
  taskEnd: 42,
  /** A worker process belongs to the pool. n: pid. */
  poolWorker: 43,
  poolClose: 44,
  poolTerminate: 45,
  /**
   * A manager's server begins a client's call. `resource`: the pipe that brought it, 0: a socket; n: number of the call on that
   * connection; `task`: the server's task for the client's task, which holds and waits on the client's behalf. What the thread
   * waits for under this task until the next `callStart`, it waits for in this call.
   */
  callStart: 46,
  /** The call has been answered. `resource`, n, `task`: as its `callStart`. */
  callEnd: 47,

  /** All open waits of this thread have lasted; nothing but what is counted keeps it alive. `resource`: id of the `sources` definition that holds, 0: none. Repeated when that has changed, or the loop has turned meanwhile. n: ref'd handles that could wake it beside the waits; value: armed timers. */
  quiescent: 50,
  /** Activity after `quiescent`. */
  resumed: 51,
  /** The thread waits in its loop for what nobody traces: nothing is held back until it does something that is recorded. */
  rest: 52,

  /** Cumulative counters at the begin of a segment. n: operations so far; flags say which direction; value: bytes, low 32 bits. */
  total: 55,
  /** High 32 bits of the bytes of the `total` before it. */
  totalHigh: 56,
  /** Records that the size cap or a failed write took away before this place. n: count. */
  dropped: 57,
  /**
   * Follows a wait: which part of the resource it is for. n: number of the wait. value: `waitResult`: number of the first of the
   * tasks that were submitted together, and of which it awaits all; `waitBarrier`: the generation whose end it awaits, having
   * arrived in it (without: it has not arrived yet); `waitCondition`: ticket of the wait, +1 a wait of the condition;
   * `waitCall`: number of the call on its connection.
   */
  subject: 60,

  /** Waits. n: number of the wait, unique in its stream; value: timeout in ms when FLAG.timeout is set. Each is ended by `waitEnd`. */
  waitAcquire: 64,
  waitReceive: 65,
  waitSend: 66,
  /** `resource` is a `child` definition. */
  waitJoin: 67,
  waitTaskDone: 68,
  waitCondition: 69,
  waitEvent: 70,
  waitBarrier: 71,
  /** Result of a pool's tasks; `subject` says of which, without it: of any. `resource` is the pool. */
  waitResult: 72,
  /** Unflushed puts at exit. */
  waitFlush: 73,
  /** Any of several connections, sockets or processes. */
  waitAny: 74,
  waitAccept: 75,
  waitAtomics: 76,
  /** spawnSync and its family: the thread runs no JavaScript until the child ends. `resource` is a `child` definition. */
  waitSyncSpawn: 77,
  /** Async exit of a child (`close`/`exit` awaited by nothing but the event loop). */
  waitChild: 78,
  /** The answer to a call of a manager. `resource`: the pipe that took it there, 0: a socket. One wait a call. */
  waitCall: 79,
  /** n: number of the wait that ends; FLAG outcome says how. */
  waitEnd: 95,
} as const;
export type KindName = keyof typeof KIND;
export type Kind = (typeof KIND)[KindName];

export const KIND_NAME: ReadonlyMap<number, KindName> = new Map(
  Object.entries(KIND).map(([name, number]) => [number, name as KindName]),
);

/** True for the kinds that begin a wait. */
export function isWait(kind: number): boolean {
  return kind >= KIND.waitAcquire && kind < KIND.waitEnd;
}

/** Bits of `flags`. Bits 2–4 hold the outcome's index in `OUTCOMES`. */
export const FLAG = {
  /** The synchronous form: the whole thread stands still. */
  sync: 0x01,
  /** A timeout is armed that ends the wait by itself: `value` ms. 0: an AbortSignal may end it, nobody knows when. */
  timeout: 0x02,
  outcomeMask: 0x1c,
  /** The call site was taken earlier in this channel and is repeated here ("last seen at"). */
  sampledSite: 0x20,
  /** childExit: `value` is a signal. total: the receiving direction. */
  signal: 0x40,
  /** send and receive of stdio: the sum of several chunks, recorded after the last of them. */
  summed: 0x40,
  /** Part of the checkpoint that opens a segment: repeats an earlier record with its own time. */
  checkpoint: 0x80,
} as const;
const OUTCOME_SHIFT = 2;

export function outcomeToFlags(outcome: Outcome): number {
  return OUTCOMES.indexOf(outcome) << OUTCOME_SHIFT;
}
export function outcomeOf(flags: number): Outcome {
  return OUTCOMES[(flags & FLAG.outcomeMask) >> OUTCOME_SHIFT] ?? 'ok';
}

/** Stands for the position of a message in a channel whose messages have none. */
export const NO_POSITION = 0xffffffff;

/** What a handle may do (`open`, `close`). */
export const ROLE = { read: 1, write: 2 } as const;

/** One decoded record. `slot` is its position in its stream, over all segments. */
export interface TraceRecord {
  time: number;
  kind: number;
  flags: number;
  task: number;
  resource: number;
  site: number;
  n: number;
  value: number;
  slot: number;
}
