/**
 * The seam between the runtime and whoever observes it: `diagnostics_channel` channels named `forkscope:<op>`.
 *
 * The runtime publishes, the shim (or any other instrumentation) subscribes; neither imports the other.
 * A payload object is reused by the publisher: read it during the callback, never keep it.
 * A subscriber that throws would kill the user's program, so subscribers catch everything.
 */

/** Raised when a field changes its meaning; a subscriber ignores payloads of a version that it does not know. */
export const CHANNEL_VERSION = 1;

/** What a resource is. The first group belongs to the runtime, the second to Node itself. */
export const RESOURCE_KINDS = [
  'lock',
  'rlock',
  'semaphore',
  'boundedSemaphore',
  'condition',
  'event',
  'barrier',
  'queue',
  'joinableQueue',
  'simpleQueue',
  'pipe',
  'pool',
  'manager',
  'listener',
  'value',
  'ipc',
  'port',
  'broadcast',
  'stdio',
  'atomics',
  'webLock',
  'lockFile',
] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

/** One resource as every process that holds a handle on it describes it. */
export interface ResourceInfo {
  /** Identity across processes and threads: equal keys are the same resource. */
  readonly key: string;
  readonly kind: ResourceKind;
  /** The user's name for it, or `undefined`: then the place where it was made names it. */
  readonly name: string | undefined;
  /** Most items a queue holds, initial value of a semaphore, parties of a barrier, workers of a pool; 0: unbounded. */
  readonly capacity: number;
  /** Key of the resource that this one belongs to: the lock of a condition, the opposite direction of a pipe. */
  readonly peerKey: string | undefined;
}

/**
 * Spawn keys made by the runtime begin so. The runtime sets the key as `FORKSCOPE_SPAWN` in the environment that it gives
 * to `child_process.spawn` and publishes `start` with it once the pid is known; therefore a probe of `child_process` lets
 * the key be and reports neither start nor exit of a spawn whose environment has such a key other than the process's own.
 */
export const RUNTIME_SPAWN_PREFIX = 'rt-';

/** A child process as its parent describes it. */
export interface ChildInfo {
  /** Random and unique: the child finds it in its environment and so says whose child it is. */
  readonly spawnKey: string;
  /** 0 until the operating system has given one. */
  readonly pid: number;
  readonly name: string;
  readonly daemon: boolean;
}

/** How an operation ended. The numbers are stored in traces: append only. */
export const OUTCOMES = ['ok', 'timeout', 'error', 'cancelled', 'ownerDied', 'wouldBlock', 'closed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/**
 * Operations that the runtime publishes, each on its own channel `forkscope:<op>`.
 * Names equal the record kinds of the trace, where every field is described (`src/trace/format/records.ts`).
 */
export const RUNTIME_OPS = [
  'create',
  'open',
  'close',
  'acquire',
  'release',
  'send',
  'receive',
  'taskDone',
  'notify',
  'eventSet',
  'eventClear',
  'barrierPass',
  'barrierBreak',
  'barrierReset',
  'submit',
  'taskStart',
  'taskEnd',
  'poolWorker',
  'poolClose',
  'poolTerminate',
  'callStart',
  'callEnd',
  'waitAcquire',
  'waitReceive',
  'waitSend',
  'waitJoin',
  'waitTaskDone',
  'waitCondition',
  'waitEvent',
  'waitBarrier',
  'waitResult',
  'waitFlush',
  'waitAny',
  'waitAccept',
  'waitCall',
  'waitReady',
  'waitEnd',
  'start',
  'childExit',
  'exiting',
  'targetStart',
  'signal',
  'sendRejected',
  'ownerDied',
] as const;
export type RuntimeOp = (typeof RUNTIME_OPS)[number];

/** Payload of every `forkscope:*` channel. Unused numbers are 0. One object is reused for all of them. */
export interface RuntimeEvent {
  v: typeof CHANNEL_VERSION;
  op: RuntimeOp;
  /** The resource of the operation, the child of `start`/`childExit`/`waitJoin`, or nothing (`exiting`, `waitAny`). */
  target: ResourceInfo | ChildInfo | undefined;
  /** Sequence number of the resource (queue position, acquisition ticket), or the number of the wait: see the record kind. */
  n: number;
  /** Bytes, count, timeout in milliseconds …: see the record kind. `childExit`: exit code, or minus the signal's number. */
  value: number;
  /** Number of the async task (`task.run`, `lock.with`, pool tasks); 0: none. Task tokens are unique in their thread. */
  task: number;
  sync: boolean;
  /**
   * Of a `wait…` event: which part of the target it waits for, where the target alone does not say it; see the record kind
   * `subject`. undefined: the whole target.
   */
  subject: number | undefined;
  /**
   * A timeout of `value` ms will end this wait by itself; `value` 0: an AbortSignal may, nobody knows when. `acquire`: it would have
   * been given up by itself, without blocking, by a timeout or by an AbortSignal.
   */
  timeoutArmed: boolean;
  outcome: Outcome;
  /**
   * Written by a subscriber during a `wait…` event, handed back by the runtime in the events that end the same operation
   * (`acquire`, `receive`, `waitEnd`): the call site is known when the wait begins and no longer on the stack when it ends.
   * 0: nobody stored one. What the number means is the subscriber's business.
   */
  site: number;
}

/**
 * Published when the program calls the runtime for something that is published later, from where the caller is no longer on the
 * stack (a process that is started once its target is located). The payload is a {@link CalledEvent}, reused as well.
 */
export const CALLED_CHANNEL = 'forkscope:called';
export interface CalledEvent {
  v: typeof CHANNEL_VERSION;
  /** The resource of the operation, where there is one. */
  target: ResourceInfo | undefined;
  /** Written by a subscriber; the runtime hands it back as `site` of the operation. */
  site: number;
}

/** Published when the program names its process; anybody may, with a {@link NamedEvent}. */
export const NAMED_CHANNEL = 'forkscope:named';
export interface NamedEvent {
  readonly v: typeof CHANNEL_VERSION;
  readonly name: string;
}

/** The `diagnostics_channel` name of an operation. */
export function channelName(op: RuntimeOp): `forkscope:${RuntimeOp}` {
  return `forkscope:${op}`;
}
