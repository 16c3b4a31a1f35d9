/**
 * Blocking operations, in both forms, over `Waits`: every lock, queue and pipe is an `attempt` plus these two functions.
 * An attempt publishes its own success; here the wait around it is published.
 */

import type { Outcome, ResourceInfo } from '../../../base/channels.ts';
import type { Ms, Words } from '../../../base/quantities.ts';
import type { SpinPolicy } from '../../../shm/spin-policy.ts';
import type { Waiter, Waits } from '../../../shm/waiting.ts';
import { mayAbort } from '../arguments/options.ts';
import { publishWait, publishWaitEnd, type Wait, type WaitOp } from '../diagnostics/publish.ts';
import { EOFError, OwnerDiedError, TimeoutError } from '../errors/errors.ts';
import { withCaller } from '../errors/stacks.ts';
import { currentTask } from '../tasks/task.ts';
import { warnOfPendingStarts } from './pending-starts.ts';

/** Returned by an attempt that must wait, and by an operation whose time is over. */
export const PENDING = Symbol('pending');
export type Pending = typeof PENDING;

export interface Operation<T> {
  /** How the wait is published; undefined: not at all, since it is a part of another. */
  readonly op: WaitOp | undefined;
  readonly target: ResourceInfo;
  /** Which part of the target is waited for; see the record kind `subject`. */
  readonly subject?: number;
  /** Word position of the wait point. */
  readonly point: Words;
  /** Asynchronous waiters of this thread on this point, first come first served. */
  readonly queue: WaitQueue;
  /**
   * Tries once; throws what ends the operation. `lookForDead`: also looks whether the process that could end the wait has died,
   * which costs a system call.
   */
  attempt(wait: Wait, lookForDead: boolean): T | Pending;
}

/** A thread's asynchronous waiters on one wait point, who are tried in the order in which they came. */
export class WaitQueue implements Waiter {
  readonly point: Words;
  /** READ | WRITE: the waiters need the resource in one of these roles. */
  readonly role: number;
  readonly #waits: Waits;
  /** The queues of the resource in which somebody waits. */
  readonly #busy: Set<WaitQueue>;
  readonly #jobs: (() => boolean)[] = [];
  #failure: Error | undefined;

  /** @param busy holds this queue while somebody waits in it */
  constructor(waits: Waits, point: Words, role: number, busy: Set<WaitQueue>) {
    this.#waits = waits;
    this.point = point;
    this.role = role;
    this.#busy = busy;
  }

  get length(): number {
    return this.#jobs.length;
  }

  /** Why the waiters must give up now. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  join(job: () => boolean): void {
    this.#jobs.push(job);
    if (this.#jobs.length > 1) return;
    this.#busy.add(this);
    this.#waits.add(this);
  }

  leave(job: () => boolean): void {
    const index = this.#jobs.indexOf(job);
    if (index < 0) return;
    this.#jobs.splice(index, 1);
    if (this.#jobs.length === 0) this.#emptied();
  }

  attempt(): boolean {
    while (this.#jobs.length > 0) {
      const job = this.#jobs[0];
      if (job === undefined || !job()) return false;
      if (this.#jobs[0] === job) this.#jobs.shift();
    }
    this.#busy.delete(this);
    return true;
  }

  /** All waiters give up with this error. */
  fail(error: Error): void {
    this.#failure = error;
    this.attempt();
    this.#emptied();
    this.#failure = undefined;
  }

  #emptied(): void {
    this.#busy.delete(this);
    this.#waits.remove(this);
  }
}

/** An operation that has not blocked yet. `limited`: it would end by itself. */
export function newWait(sync: boolean, limited = false): Wait {
  return { n: 0, site: 0, task: currentTask(), sync, limited };
}

function begin(operation: Operation<unknown>, timeout: Ms, wait: Wait, signal?: AbortSignal): void {
  if (operation.op === undefined) return;
  publishWait(operation.op, operation.target, timeout, wait, signal, operation.subject);
}
function end(operation: Operation<unknown>, wait: Wait, outcome: Outcome): void {
  if (operation.op !== undefined) publishWaitEnd(operation.target, wait, outcome);
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof OwnerDiedError) return 'ownerDied';
  return error instanceof EOFError ? 'closed' : 'error';
}

/**
 * The synchronous form: blocks the thread for up to `timeout` milliseconds; PENDING when they have passed. `spinPolicy`: what
 * it does before it sleeps.
 */
export function blockSync<T>(
  waits: Waits,
  operation: Operation<T>,
  timeout: Ms,
  spinPolicy?: SpinPolicy,
): T | Pending {
  waits.takeTermination();
  const wait = newWait(true, timeout !== Number.POSITIVE_INFINITY);
  // Waiters of this very thread came first, but they cannot run while the thread blocks; so they are passed over.
  const first = operation.attempt(wait, false);
  if (first !== PENDING || timeout <= 0) return first;
  begin(operation, timeout, wait);
  let result: T | Pending = PENDING;
  const start = performance.now();
  let looked = start;
  const attempt = (quick: boolean): boolean => {
    let lookForDead = false;
    if (!quick) {
      const now = performance.now();
      lookForDead = now - looked >= 40;
      if (lookForDead) {
        looked = now;
        warnOfPendingStarts(now - start);
      }
    }
    result = operation.attempt(wait, lookForDead);
    return result !== PENDING;
  };
  try {
    waits.block(operation.point, attempt, start + timeout, spinPolicy);
    spinPolicy?.end(performance.now() - start);
  } catch (error) {
    end(operation, wait, outcomeOf(error));
    throw error;
  }
  end(operation, wait, result === PENDING ? 'timeout' : 'ok');
  return result;
}

/** The asynchronous form: at most `timeout` milliseconds (then PENDING) or until `signal` aborts (then it rejects). */
export async function blockAsync<T>(
  operation: Operation<T>,
  timeout: Ms,
  signal?: AbortSignal,
): Promise<T | Pending> {
  signal?.throwIfAborted();
  const wait = newWait(false, timeout !== Number.POSITIVE_INFINITY || mayAbort(signal));
  if (operation.queue.length === 0) {
    const first = operation.attempt(wait, false);
    if (first !== PENDING) return first;
  }
  if (timeout <= 0) return PENDING;
  begin(operation, timeout, wait, signal);
  try {
    return await new Promise<T | Pending>((resolve, reject) =>
      enqueue(operation, wait, timeout, signal, resolve, reject),
    );
  } catch (error) {
    throw signal?.aborted ? error : withCaller(error);
  }
}

function enqueue<T>(
  operation: Operation<T>,
  wait: Wait,
  timeout: Ms,
  signal: AbortSignal | undefined,
  resolve: (result: T | Pending) => void,
  reject: (reason: unknown) => void,
): void {
  let timer: NodeJS.Timeout | undefined;
  let looked = performance.now();
  const finish = (outcome: Outcome): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    end(operation, wait, outcome);
  };
  const job = (): boolean => {
    const now = performance.now();
    const lookForDead = now - looked >= 80;
    if (lookForDead) looked = now;
    try {
      if (operation.queue.failure !== undefined) throw operation.queue.failure;
      const result = operation.attempt(wait, lookForDead);
      if (result === PENDING) return false;
      finish('ok');
      resolve(result);
    } catch (error) {
      finish(error === operation.queue.failure ? 'closed' : outcomeOf(error));
      reject(error);
    }
    return true;
  };
  const abort = (): void => {
    operation.queue.leave(job);
    finish('cancelled');
    reject(signal?.reason);
  };
  if (timeout !== Number.POSITIVE_INFINITY) {
    timer = setTimeout(() => {
      operation.queue.leave(job);
      finish('timeout');
      resolve(PENDING);
    }, clampTimer(timeout));
  }
  signal?.addEventListener('abort', abort, { once: true });
  operation.queue.join(job);
}

/** Node's timers take at most 2^31-1 ms (and would fire at once beyond). */
export function clampTimer(milliseconds: Ms): number {
  return Math.min(Math.ceil(milliseconds), 0x7fffffff);
}

export function timedOut(what: string): TimeoutError {
  return new TimeoutError(`${what} timed out`);
}
