import { WAIT } from '../../../shm/layout.ts';
import { atMost, Internal } from '../../core/arguments/internal.ts';
import {
  type AsyncWaitOptions,
  optionsOf,
  patience,
  type WaitOptions,
} from '../../core/arguments/options.ts';
import { publish } from '../../core/diagnostics/publish.ts';
import { AssertionError, OwnerDiedError, ValueError } from '../../core/errors/errors.ts';
import {
  checkName,
  Handle,
  ofResource,
  openResourceFields,
  resourceFields,
  resourceOf,
} from '../../core/handles/handle.ts';
import { BOTH, createResource, type HeldResource, type Shape } from '../../core/handles/held-resource.ts';
import { registerHandle } from '../../core/handles/transfer.ts';
import { blockAsync, blockSync, type Operation, PENDING } from '../../core/waits/blocking.ts';
import { waitLimits } from './event.ts';
import type { LockGuard } from './guard.ts';
import { Lock } from './lock.ts';
import { RLock } from './rlock.ts';
import { SLEEPER_WORDS, Sleepers } from './sleepers.ts';

const CONDITION = { waiters: 0, sleepers: WAIT.words, words: WAIT.words + SLEEPER_WORDS } as const;
const SHAPE: Shape = {
  kind: 'condition',
  words: CONDITION.words,
  waitPoints: CONDITION.waiters,
  waitPointCount: 1,
};

export interface ConditionOptions {
  /** The lock to use; a new RLock unless given. */
  readonly lock?: Lock | RLock;
  readonly name?: string;
}

/** In the place of a constructor's options: a condition that exists. */
const existing = new Internal<{ readonly resource: HeldResource; readonly lock: Lock | RLock }>();

/** A condition variable between processes: wait for a change that others notify, under a lock. */
export class Condition extends Handle {
  readonly #lock: Lock | RLock;
  readonly #sleepers: Sleepers;

  /** A lock in the place of options is the lock to use, as in Python. @throws TypeMismatch for anything else */
  constructor(options?: ConditionOptions | Lock | RLock);
  constructor(...given: [options?: ConditionOptions | Lock | RLock]) {
    const [options = {}] = atMost(1, given, 'new Condition({ lock, name })');
    const { lock, resource } = existing.received(options) ?? create(options);
    super(resource, BOTH);
    this.#lock = lock;
    this.#sleepers = new Sleepers(resource, resource.content + CONDITION.sleepers);
  }

  /** The lock under which to wait and to notify. */
  get lock(): Lock | RLock {
    return this.#lock;
  }

  acquire(): Promise<LockGuard>;
  acquire(options: AsyncWaitOptions | undefined): Promise<LockGuard | false>;
  acquire(options?: AsyncWaitOptions): Promise<LockGuard | false> {
    return this.#lock.acquire(options);
  }

  acquireSync(options?: WaitOptions): boolean {
    return this.#lock.acquireSync(options);
  }

  release(): void {
    this.#lock.release();
  }

  /** Runs `body` holding the lock. */
  async with<T>(body: () => T | Promise<T>): Promise<T> {
    return await this.#lock.with(body);
  }

  /**
   * Releases the lock, waits for a notification, and takes the lock again. Resolves to false when `timeout` (seconds) has
   * passed without one. Rejects with AssertionError when the caller does not hold the lock.
   */
  async wait(options?: number | AsyncWaitOptions): Promise<boolean> {
    const limits = waitLimits(options);
    const { seat, depth } = this.#sleep();
    try {
      const notified = await blockAsync(this.#waiting(seat), patience(limits), limits?.signal);
      return this.#sleepers.leave(seat) || notified !== PENDING;
    } catch (error) {
      this.#sleepers.leave(seat);
      throw error;
    } finally {
      await this.#retake(depth);
    }
  }

  /** The same, blocking the thread. */
  waitSync(options?: number | WaitOptions): boolean {
    const { memory } = this.resource;
    const { seat, depth } = this.#sleep();
    try {
      const notified = blockSync(memory.waits, this.#waiting(seat), patience(waitLimits(options)));
      return this.#sleepers.leave(seat) || notified !== PENDING;
    } finally {
      this.#retakeSync(depth);
    }
  }

  /** Waits until `predicate` holds; resolves to its last value. The predicate runs under the lock. */
  async waitFor<T>(predicate: () => T | Promise<T>, options?: number | AsyncWaitOptions): Promise<T> {
    const limits = waitLimits(options);
    const end = performance.now() + patience(limits);
    for (;;) {
      const value = await predicate();
      const left = (end - performance.now()) / 1000;
      if (value || left <= 0) return value;
      await this.wait({ ...limits, timeout: left === Number.POSITIVE_INFINITY ? undefined : left });
    }
  }

  /** Wakes up to `n` of those who wait, first come first served. @throws AssertionError when the caller does not hold the lock */
  notify(n = 1): void {
    const { resource } = this;
    if (!Number.isInteger(n) || n < 0)
      throw new ValueError(`notify takes a whole number from 0, not ${String(n)}`);
    this.#checkHeld('notify');
    const { woken, last } = this.#sleepers.notify(n);
    publish('notify', resource.info, last, woken);
    if (woken > 0) resource.memory.waits.wake(resource.content + CONDITION.waiters, true);
  }

  notifyAll(): void {
    this.notify(Number.MAX_SAFE_INTEGER);
  }

  #sleep(): { seat: number; depth: number } {
    this.resource;
    this.#checkHeld('wait');
    const seat = this.#sleepers.sit();
    if (this.#lock instanceof RLock) return { seat, depth: this.#lock.releaseAll() };
    this.#lock.release();
    return { seat, depth: 0 };
  }

  /** Whatever a wait ends with, the caller holds the lock again: also when it must be told that the last owner died. */
  async #retake(depth: number): Promise<void> {
    try {
      await this.#lock.acquire();
    } catch (error) {
      if (error instanceof OwnerDiedError) await this.#retake(depth);
      throw error;
    }
    this.#restore(depth);
  }

  #retakeSync(depth: number): void {
    try {
      this.#lock.acquireSync();
    } catch (error) {
      if (error instanceof OwnerDiedError) this.#retakeSync(depth);
      throw error;
    }
    this.#restore(depth);
  }

  #restore(depth: number): void {
    if (this.#lock instanceof RLock) this.#lock.restore(depth);
  }

  #checkHeld(what: string): void {
    const held = this.#lock instanceof RLock ? this.#lock.owned : this.#lock.locked;
    if (!held) throw new AssertionError(`must acquire() the condition before ${what}()`);
  }

  #waiting(seat: number): Operation<true> {
    const { resource } = this;
    const point = resource.content + CONDITION.waiters;
    const attempt = (): true | typeof PENDING => (this.#sleepers.isNotified(seat) ? true : PENDING);
    // Each wait has its own seat, so those of one thread need not go in turn: one queue would let the first hold up the rest.
    return {
      op: 'waitCondition',
      target: resource.info,
      subject: this.#sleepers.ticket(seat),
      point,
      queue: resource.ownWaitQueue(point),
      attempt,
    };
  }
}

function create(options: ConditionOptions | Lock | RLock): {
  readonly resource: HeldResource;
  readonly lock: Lock | RLock;
} {
  const isLock = options instanceof Lock || options instanceof RLock;
  const { lock = new RLock(), name }: ConditionOptions = isLock ? { lock: options } : optionsOf(options);
  if (!(lock instanceof Lock || lock instanceof RLock))
    throw new AssertionError('lock is a Lock or an RLock');
  const peerKey = resourceOf(lock).info.key;
  return { lock, resource: createResource(SHAPE, { name: checkName(name), capacity: 0, peerKey }) };
}

registerHandle<Condition>(Condition.prototype, {
  id: 'condition',
  toWire(condition) {
    const resource = resourceOf(condition);
    const lock = resourceOf(condition.lock);
    const kind = condition.lock instanceof RLock ? 'rlock' : 'lock';
    return { fields: [resourceFields(resource), kind, resourceFields(lock)], blocks: [resource.at, lock.at] };
  },
  fromWire(fields) {
    const [own, kind, lock] = fields as [readonly unknown[], 'rlock' | 'lock', readonly unknown[]];
    const resource = ofResource.pass<object>(openResourceFields(lock, kind));
    return new Condition(
      existing.pass({
        lock: kind === 'rlock' ? new RLock(resource) : new Lock(resource),
        resource: openResourceFields(own, 'condition'),
      }),
    );
  },
});
