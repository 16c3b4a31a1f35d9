import { blockAsync, blockSync, type Operation, PENDING } from '../blocking.ts';
import { BOTH, type Core, Handle } from '../handles.ts';
import { LockGuard } from '../lock.ts';
import { type AsyncWaitOptions, patience, type WaitOptions } from '../options.ts';
import { runInTask } from '../task.ts';

/** What RLock and the semaphores share: acquiring in both forms, guards, and `with`. */
export abstract class Acquirable extends Handle {
  readonly #operation: Operation<true>;

  constructor(core: Core, operation: Operation<true>) {
    super(core, BOTH);
    this.#operation = operation;
  }

  /**
   * Takes it. Resolves to a guard for `await using`, or to `false` when `timeout` (seconds) has passed or with
   * `block: false`.
   */
  acquire(): Promise<LockGuard>;
  acquire(options: AsyncWaitOptions | undefined): Promise<LockGuard | false>;
  async acquire(options?: AsyncWaitOptions): Promise<LockGuard | false> {
    this.core;
    if (this.reenter()) return new LockGuard(() => this.release());
    const result = await blockAsync(this.#operation, patience(options), options?.signal);
    return result === PENDING ? false : new LockGuard(() => this.release());
  }

  /** Takes it, blocking the whole thread. False when `timeout` (seconds) has passed or with `block: false`. */
  acquireSync(options?: WaitOptions): boolean {
    const { memory } = this.core;
    return blockSync(memory.waits, this.#operation, patience(options)) !== PENDING;
  }

  abstract release(): void;

  /** Takes it again for the task that has it already, past those who wait. False: the usual way. */
  protected reenter(): boolean {
    return false;
  }

  /** Runs `body` holding it, as an async task that owns it, and releases it whatever happens. */
  async with<T>(body: () => T | Promise<T>): Promise<T> {
    return await runInTask(async () => {
      await this.acquire();
      try {
        return await body();
      } finally {
        this.release();
      }
    });
  }

  /** The same for a synchronous body; blocks the thread. */
  withSync<T>(body: () => T): T {
    this.acquireSync();
    try {
      return body();
    } finally {
      this.release();
    }
  }
}
