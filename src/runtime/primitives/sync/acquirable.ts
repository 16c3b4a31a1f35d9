import { type AsyncWaitOptions, patience, type WaitOptions } from '../../core/arguments/options.ts';
import { TypeMismatch } from '../../core/errors/errors.ts';
import { Handle } from '../../core/handles/handle.ts';
import { BOTH, type HeldResource } from '../../core/handles/held-resource.ts';
import { runInTask } from '../../core/tasks/task.ts';
import { blockAsync, blockSync, type Operation, PENDING } from '../../core/waits/blocking.ts';
import { LockGuard } from './guard.ts';

/** What the locks and the semaphores share: acquiring in both forms, guards, and `with`. */
export abstract class Acquirable extends Handle {
  readonly #operation: Operation<true>;

  /** @internal */
  constructor(resource: HeldResource, operation: Operation<true>) {
    super(resource, BOTH);
    this.#operation = operation;
  }

  /**
   * Takes it. Resolves to a guard for `await using`, or to `false` when `timeout` (seconds) has passed or with
   * `block: false`. A lock rejects with OwnerDiedError when its holder was found dead.
   */
  acquire(): Promise<LockGuard>;
  acquire(options: AsyncWaitOptions | undefined): Promise<LockGuard | false>;
  async acquire(options?: AsyncWaitOptions): Promise<LockGuard | false> {
    this.resource;
    options?.signal?.throwIfAborted();
    if (this.takeNow(options)) return LockGuard.of(() => this.release());
    const result = await blockAsync(this.#operation, patience(options), options?.signal);
    return result === PENDING ? false : LockGuard.of(() => this.release());
  }

  /** Takes it, blocking the whole thread. False when `timeout` (seconds) has passed or with `block: false`. */
  acquireSync(options?: WaitOptions): boolean {
    const { memory } = this.resource;
    return blockSync(memory.waits, this.#operation, patience(options)) !== PENDING;
  }

  abstract release(): void;

  /** Whether others of this thread wait for it. @internal */
  protected get isWaitedFor(): boolean {
    return this.#operation.queue.length > 0;
  }

  /** A short way to take it at once, where there is one. False: the usual way. @internal */
  protected takeNow(_options: AsyncWaitOptions | undefined): boolean {
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

  /** The same for a synchronous body; blocks the thread. @throws TypeMismatch for one that returns a promise */
  withSync<T>(body: () => T): T {
    this.acquireSync();
    let result: T;
    try {
      result = body();
    } finally {
      this.release();
    }
    if (result instanceof Promise) {
      // The rest of the body runs without the lock.
      result.catch(() => {});
      throw new TypeMismatch(
        'withSync() takes a function that is not async: use await lock.with(async () => …)',
      );
    }
    return result;
  }
}
