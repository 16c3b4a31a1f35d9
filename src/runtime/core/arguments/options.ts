import { inspect } from 'node:util';
import { TypeMismatch, ValueError } from '../errors/errors.ts';

/** How long an operation may block. */
export interface WaitOptions {
  /** false: fail at once instead of waiting. */
  readonly block?: boolean;
  /** Seconds; 0 or less: do not wait; undefined: as long as it takes. */
  readonly timeout?: number | undefined;
}
export interface AsyncWaitOptions extends WaitOptions {
  /** Ends the wait; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Signals that end a wait only when nobody waits any more: the runtime's own. */
const ownSignals = new WeakSet<AbortSignal>();

/** An AbortSignal of the runtime's own, which is not counted among what ends a wait in the program. */
export function ownSignal(signal: AbortSignal): AbortSignal {
  ownSignals.add(signal);
  return signal;
}

/** Whether the program may end what it was given to. */
export function mayAbort(signal: AbortSignal | undefined): boolean {
  return signal !== undefined && !ownSignals.has(signal);
}

/**
 * Whether an operation with these options ends by itself: without blocking, by a timeout, or by the program's signal. Refuses
 * nothing: what is wrong with the options matters to an operation only where it must wait.
 */
export function isLimited(options: AsyncWaitOptions | undefined): boolean {
  if (options === undefined || options === null) return false;
  const { block, timeout = Number.POSITIVE_INFINITY, signal } = options;
  return block === false || (timeout !== null && timeout !== Number.POSITIVE_INFINITY) || mayAbort(signal);
}

/** Options of a constructor as they were given. @throws TypeMismatch for anything but an object */
export function optionsOf<O extends object>(given: O): O {
  if (typeof given === 'object' && given !== null) return given;
  throw new TypeMismatch(`options are an object, as { name: 'x' }, not ${inspect(given)}`);
}

/** The same where anything else stands for the option `key`, which its reader checks. */
export function numberOr<K extends string, O extends { readonly [k in K]?: number | undefined }>(
  key: K,
  given: number | null | undefined | O,
): O {
  return typeof given === 'object' && given !== null ? given : ({ [key]: given } as unknown as O);
}

/**
 * Milliseconds that options allow to wait; 0: not at all.
 * @throws ValueError for a timeout that is no number, TypeMismatch for what is no options: Python's `get(True, 2)`
 */
export function patience(options: WaitOptions | undefined): number {
  if (options === undefined || options === null) return Number.POSITIVE_INFINITY;
  if (typeof options !== 'object')
    throw new TypeMismatch(
      `options are an object, as { block: false } or { timeout: 2 }, not ${inspect(options)}`,
    );
  if (options.block === false) return 0;
  return milliseconds(options.timeout);
}

/** Seconds as Python counts them, in milliseconds; undefined: Infinity; negative: 0. */
export function milliseconds(timeout: number | undefined | null): number {
  if (timeout === undefined || timeout === null) return Number.POSITIVE_INFINITY;
  if (typeof timeout !== 'number' || Number.isNaN(timeout)) {
    throw new ValueError(`a timeout is a number of seconds, not ${String(timeout)}`);
  }
  return Math.max(0, timeout * 1000);
}

/** How long something may take, for all that never takes a `block`. */
export interface TimeLimitOptions {
  /** Seconds; 0 or less: do not wait; undefined: as long as it takes. */
  readonly timeout?: number | undefined;
  /** Ends the wait; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}
/** Seconds, as Python's positional argument, or the same in options. */
export type TimeLimit = number | null | undefined | TimeLimitOptions;

/** A limit as waits take it. */
export interface Limit {
  /** Milliseconds; Infinity: none. */
  readonly ms: number;
  readonly signal: AbortSignal | undefined;
}

const NO_LIMIT: Limit = { ms: Number.POSITIVE_INFINITY, signal: undefined };

/** @throws ValueError for a timeout that is no number, TypeMismatch for a signal that is none */
export function limitOf(given: TimeLimit): Limit {
  if (given === undefined || given === null) return NO_LIMIT;
  const { timeout, signal } = numberOr<'timeout', TimeLimitOptions>('timeout', given);
  return { ms: milliseconds(timeout), signal: checkSignal(signal) };
}

/** @throws TypeMismatch */
export function checkSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal === null || signal instanceof AbortSignal)
    return (signal ?? undefined) as AbortSignal | undefined;
  throw new TypeMismatch(`signal is an AbortSignal, not ${inspect(signal)}`);
}
