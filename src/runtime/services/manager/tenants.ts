/**
 * Whom a manager's server serves, and which locks each holds: a client's waits end with it, so that they take nothing that
 * nobody gets, and the locks of one that has died become free.
 */

import { type AsyncWaitOptions, ownSignal, type WaitOptions } from '../../core/arguments/options.ts';
import { OwnerDiedError } from '../../core/errors/errors.ts';
import { currentTask, runAs } from '../../core/tasks/task.ts';
import type { Lock } from '../../primitives/sync/lock.ts';
import type { RLock } from '../../primitives/sync/rlock.ts';
import type { Semaphore } from '../../primitives/sync/semaphore.ts';
import type { CallLimits } from './wire.ts';

/** What a client's thread says once, about itself; object '' of a request. */
export const TENANT_METHODS = { hello: 'hello', bye: 'bye', cancel: 'cancel' } as const;

/** The call that begins now, by its client's number. */
let beginning = 0;

/** Runs what a call does at once. */
export function beginCall<T>(call: number, body: () => T): T {
  const before = beginning;
  beginning = call;
  try {
    return body();
  } finally {
    beginning = before;
  }
}

/** One client, by all the tokens of its tasks. */
export class Tenant {
  readonly locks = new Set<HeldLock>();
  readonly #tokens = new Set<number>();
  /** By the numbers of the calls. */
  readonly #cancellable = new Map<number, AbortController>();
  readonly #left = new AbortController();
  readonly #leftSignal = ownSignal(this.#left.signal);
  /** Known of clients of this session, who also say when they leave. */
  pid: number | undefined;
  orderly = false;

  /** Aborts when the client is gone. */
  get left(): AbortSignal {
    return this.#leftSignal;
  }

  /** Aborts when the client is gone, or cancels the call that begins now. */
  cancellation(): AbortSignal {
    const controller = new AbortController();
    this.#cancellable.set(beginning, controller);
    return controller.signal;
  }

  cancel(call: number): void {
    this.#cancellable.get(call)?.abort(new Error('the call was cancelled'));
  }

  /** The call is answered. */
  answered(call: number): void {
    if (this.#cancellable.size > 0) this.#cancellable.delete(call);
  }

  /** Its tasks' calls run under this token. */
  add(token: number): void {
    this.#tokens.add(token);
    tenants.set(token, this);
  }

  leave(): void {
    this.#left.abort(new Error('the client is gone'));
    for (const call of this.#cancellable.keys()) this.cancel(call);
    for (const token of this.#tokens) if (tenants.get(token) === this) tenants.delete(token);
    const died = this.pid !== undefined && !this.orderly;
    for (const lock of this.locks) lock.tenantLeft(died);
    this.locks.clear();
  }
}

const tenants = new Map<number, Tenant>();

/** Whose call it is that runs; undefined: nobody's. */
export function currentTenant(): Tenant | undefined {
  return tenants.get(currentTask());
}

/** A client's options, with what ends its wait when it is gone. */
export function tenantOptions(options: (WaitOptions & CallLimits) | undefined): AsyncWaitOptions {
  const tenant = currentTenant();
  if (options?.cancellable !== true) return { ...options, signal: tenant?.left };
  const { cancellable: _, ...limits } = options;
  return { ...limits, signal: tenant?.cancellation() };
}

/** The same for what Python gives a bare number of seconds. */
export function callerOptions(limits: number | null | undefined | CallLimits): AsyncWaitOptions {
  return tenantOptions(typeof limits === 'object' ? (limits ?? undefined) : { timeout: limits });
}

/** A lock in the server that remembers which client holds it. */
export class HeldLock {
  readonly #lock: Lock | RLock | Semaphore;
  #tenant: Tenant | undefined;
  #token = 0;
  /** The holder that died, until somebody is told. */
  #died: number | undefined;

  constructor(lock: Lock | RLock | Semaphore) {
    this.#lock = lock;
  }

  /** @throws OwnerDiedError once, after the death of a client that held it */
  async acquire(options?: WaitOptions): Promise<boolean> {
    const tenant = currentTenant();
    if ((await this.#lock.acquire(tenantOptions(options))) === false) return false;
    if (this.#died !== undefined) {
      const pid = this.#died;
      this.#died = undefined;
      this.#giveBack();
      throw new OwnerDiedError(`process ${pid} died holding a manager's lock; the lock is free again`, pid);
    }
    this.take(tenant);
    return true;
  }

  release(): void {
    this.#lock.release();
    this.forget();
  }

  /** The running call's client has it now. */
  take(tenant: Tenant | undefined): void {
    if (tenant?.left.aborted) {
      this.#giveBack();
      return;
    }
    // The units of a semaphore are nobody's.
    if (tenant === undefined || 'getValue' in this.#lock) return;
    this.#tenant = tenant;
    this.#token = currentTask();
    tenant.locks.add(this);
  }

  /** Nobody has it now, where that is so. */
  forget(): void {
    if ('owned' in this.#lock && this.#lock.owned) return;
    this.#tenant?.locks.delete(this);
    this.#tenant = undefined;
  }

  tenantLeft(died: boolean): void {
    const pid = this.#tenant?.pid;
    this.#tenant = undefined;
    if (!died) return;
    this.#died = pid;
    runAs(this.#token, () => this.#giveBack());
  }

  #giveBack(): void {
    if ('releaseAll' in this.#lock) this.#lock.releaseAll();
    else this.#lock.release();
  }
}
