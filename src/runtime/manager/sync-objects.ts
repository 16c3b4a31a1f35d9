/** Locks in a manager's server: the runtime's own, used under the token of the client that calls. */
import { RuntimeError, ValueError } from '../errors.ts';
import { Lock } from '../lock.ts';
import type { WaitOptions } from '../options.ts';
import { Barrier } from '../sync/barrier.ts';
import { Condition } from '../sync/condition.ts';
import { RLock } from '../sync/rlock.ts';
import { BoundedSemaphore, Semaphore } from '../sync/semaphore.ts';

export class LockObject {
  protected readonly lock: Lock | RLock | Semaphore;
  constructor(lock: Lock | RLock | Semaphore = new Lock()) {
    this.lock = lock;
  }
  async acquire(options?: WaitOptions): Promise<boolean> {
    return (await this.lock.acquire(options)) !== false;
  }
  release(): void {
    try {
      this.lock.release();
    } catch (error) {
      // In the server it is a lock between threads, whose errors Python names differently.
      if (error instanceof ValueError && this.lock instanceof Lock)
        throw new RuntimeError('release unlocked lock');
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
  async acquire(options?: WaitOptions): Promise<boolean> {
    return (await this.#condition.acquire(options)) !== false;
  }
  release(): void {
    this.#condition.release();
  }
  async wait(timeout?: number): Promise<boolean> {
    return await this.#condition.wait(timeout);
  }
  notify(n = 1): void {
    this.#condition.notify(n);
  }
  notifyAll(): void {
    this.#condition.notifyAll();
  }
}

export class BarrierObject {
  readonly #barrier: Barrier;
  constructor(parties: number, timeout?: number) {
    this.#barrier = new Barrier(timeout === undefined ? parties : { parties, timeout });
  }
  async wait(timeout?: number): Promise<number> {
    return await this.#barrier.wait(timeout);
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
