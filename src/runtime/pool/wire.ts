/** What goes over a pool's two queues. */

/** How a task's arguments are meant: one call, or one call for each item of a chunk. */
export const MODE = { apply: 0, map: 1, starmap: 2 } as const;
export type Mode = (typeof MODE)[keyof typeof MODE];

/** [number, function reference as JSON, mode, arguments or items, keyword arguments]; `null`: the worker shall end. */
export type TaskMessage = readonly [
  number,
  string,
  Mode,
  readonly unknown[],
  Readonly<Record<string, unknown>> | undefined,
];

/** How a task ended. `unsent`: its result could not be encoded; then the value is [reason, value in words]. */
export const RESULT = { ok: 0, failed: 1, unsent: 2, ready: 3, initializerFailed: 4 } as const;

/** [task number (worker's seat for `ready`), RESULT, value or error, stack in the worker]. */
export type ResultMessage = readonly [number, number, unknown, string?];
