/** Locks in a manager's server: the runtime's own, used under the token of the client that calls. */

import type { WaitOptions } from '../../core/arguments/options.ts';
import { RuntimeError, ValueError } from '../../core/errors/errors.ts';
import { Queue as LocalQueue } from '../../primitives/queues/local-queue.ts';
import { Barrier } from '../../primitives/sync/barrier.ts';
import { Condition } from '../../primitives/sync/condition.ts';
import { Event } from '../../primitives/sync/event.ts';
import { Lock } from '../../primitives/sync/lock.ts';
import { RLock } from '../../primitives/sync/rlock.ts';
import { BoundedSemaphore, Semaphore } from '../../primitives/sync/semaphore.ts';
import { callerOptions, currentTenant, HeldLock, tenantOptions } from './tenants.ts';
import type { CallLimits } from './wire.ts';

export class LockObject {
  readonly #lock: Lock | RLock | Semaphore;
  readonly #held: HeldLock;
  constructor(lock: Lock | RLock | Semaphore = new Lock()) {
    this.#lock = lock;
    this.#held = new HeldLock(lock);
  }
  async acquire(options?: WaitOptions): Promise<boolean> {
    return await this.#held.acquire(options);
  }
  release(): void {
    try {
      this.#held.release();
    } catch (error) {
      // In the server it is a lock between threads, whose errors Python names differently.
      if (error instanceof ValueError && this.#lock instanceof Lock)
        throw new RuntimeError('release unlocked lock', { cause: error });
      throw error;
    }
  }
}

export class RLockObject extends LockObject {
  constructor() {
    super(new RLock());
  }
}

export class SemaphoreObject extends LockObject {
  constructor(value = 1) {
    super(new Semaphore(value));
  }
}

export class BoundedSemaphoreObject extends LockObject {
  constructor(value = 1) {
    super(new BoundedSemaphore(value));
  }
}

export class ConditionObject {
  readonly #condition = new Condition();
  readonly #held = new HeldLock(this.#condition.lock);
  async acquire(options?: WaitOptions): Promise<boolean> {
    return await this.#held.acquire(options);
  }
  release(): void {
    this.#held.release();
  }
  async wait(limits?: number | CallLimits): Promise<boolean> {
    const tenant = currentTenant();
    const lock = this.#condition.lock as RLock;
    const { owned } = lock;
    const waiting = this.#condition.wait(callerOptions(limits));
    // It has released the lock, and will have it again whatever comes of it.
    if (owned) this.#held.forget();
    try {
      return await waiting;
    } finally {
      if (lock.owned) this.#held.take(tenant);
    }
  }
  notify(n = 1): void {
    this.#condition.notify(n);
  }
  notifyAll(): void {
    this.#condition.notifyAll();
  }
}

export class EventObject {
  readonly #event = new Event();
  isSet(): boolean {
    return this.#event.isSet();
  }
  set(): void {
    this.#event.set();
  }
  clear(): void {
    this.#event.clear();
  }
  async wait(limits?: number | CallLimits): Promise<boolean> {
    return await this.#event.wait(callerOptions(limits));
  }
}

export class BarrierObject {
  readonly #barrier: Barrier;
  constructor(parties: number, timeout?: number) {
    this.#barrier = new Barrier(timeout === undefined ? parties : { parties, timeout });
  }
  async wait(limits?: number | CallLimits): Promise<number> {
    // Without limits the barrier's own hold.
    if (limits === undefined || typeof limits === 'number') return await this.#barrier.wait(limits);
    const { timeout, cancellable } = limits;
    if (cancellable !== true) return await this.#barrier.wait(timeout);
    const { signal } = callerOptions(limits);
    return await this.#barrier.wait(timeout === undefined ? { signal } : { timeout, signal });
  }
  reset(): void {
    this.#barrier.reset();
  }
  abort(): void {
    this.#barrier.abort();
  }
  state(): { parties: number; nWaiting: number; broken: boolean } {
    const { parties, nWaiting, broken } = this.#barrier;
    return { parties, nWaiting, broken };
  }
}

/** A queue in the server: its items go to nobody who is gone. */
export class QueueObject<T> extends LocalQueue<T> {
  override put(item: T, options?: WaitOptions): Promise<void> {
    return super.put(item, tenantOptions(options));
  }
  override get(options?: WaitOptions): Promise<T> {
    return super.get(tenantOptions(options));
  }
  override join(options?: WaitOptions): Promise<boolean> {
    return super.join(tenantOptions(options));
  }
}
