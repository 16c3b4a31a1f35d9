/** What goes over a pool's two queues: a few fixed bytes, then one encoded value. Numbers are little-endian uint32. */

/** How a task's body is meant: arguments, [arguments, keyword arguments], or the items of a chunk. */
export const MODE = { apply: 0, applyKeyed: 1, map: 2, starmap: 3 } as const;
export type Mode = (typeof MODE)[keyof typeof MODE];

/**
 * Where a task's parts begin, in bytes. `number` 0: the worker shall end, and nothing follows. `fn`: the function's place in
 * the pool's table; 0: the body is [reference, body].
 */
export const TASK = { number: 0, fn: 4, mode: 8, body: 9 } as const;

/**
 * How a task ended. The body is the value; for `failed` and `initializerFailed` [error, stack in the worker]; for `unsent`
 * (the value could not be encoded) [reason, value in words]. The number of `ready` and `initializerFailed` is the worker's seat.
 */
export const RESULT = { ok: 0, failed: 1, unsent: 2, ready: 3, initializerFailed: 4 } as const;

/** Where a result's parts begin, in bytes. */
export const RESULT_AT = { number: 0, kind: 4, body: 5 } as const;
