import { WAIT } from '../shm/layout.ts';
import type { Memory } from '../shm/memory.ts';
import { blockAsync, blockSync, newWait, type Operation, PENDING, type Pending } from './blocking.ts';
import { OwnerDiedError, ValueError } from './errors.ts';
import {
  BOTH,
  type Core,
  checkName,
  createCore,
  Handle,
  openCores,
  registerSingle,
  type Shape,
} from './handles.ts';
import { beforeRelease } from './instance.ts';
import { type AsyncWaitOptions, patience, type WaitOptions } from './options.ts';
import { channels, publish, type Wait } from './publish.ts';
import { runInTask } from './task.ts';

/** Words of a lock's content. Also the head of an RLock's. */
export const LOCK = {
  /** 0: free; else the holder's thread word, perhaps with EXITED. */
  word: 0,
  /** Number of acquisitions so far: the ticket of the current one. */
  ticket: 1,
  /** Task token of the holder; an RLock's only, since a Lock may be released by anyone. */
  task: 2,
  waiters: 4,
  words: 4 + WAIT.words,
} as const;

/** In a lock's word: the holder ended normally, and left the lock to whoever will release it. */
export const EXITED = 1 << 30;

const SHAPE: Shape = { kind: 'lock', words: LOCK.words, waitPoints: LOCK.waiters, waitPointCount: 1 };

/** What `acquire` resolves to; disposing it releases the lock, once. */
export class LockGuard implements AsyncDisposable, Disposable {
  #release: (() => void) | undefined;
  constructor(release: () => void) {
    this.#release = release;
  }
  [Symbol.dispose](): void {
    const release = this.#release;
    this.#release = undefined;
    release?.();
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
  }
}

/**
 * A lock between any threads of any processes, not recursive. Who releases it need not be who acquired it.
 * It stays held when its holder ends normally; when the holder dies by a signal or a crash, the lock becomes free and one
 * waiter gets OwnerDiedError.
 */
export class Lock extends Handle {
  // Copies of what the handle's core has: an uncontended pair costs 20 ns, and each step through objects 1–2.
  readonly #words: Int32Array;
  readonly #at: number;
  readonly #memory: Memory;
  readonly #operation: Operation<true>;

  /** @param options `name` appears in traces and errors. */
  constructor(options: { readonly name?: string } = {}, core?: Core) {
    const own = core ?? createCore(SHAPE, { name: checkName(options.name), capacity: 0 });
    super(own, BOTH);
    this.#words = own.memory.words;
    this.#at = own.content;
    this.#memory = own.memory;
    const point = own.content + LOCK.waiters;
    this.#operation = {
      op: 'waitAcquire',
      target: own.info,
      point,
      line: own.line(point),
      attempt: (wait, slice) => this.#attempt(own, wait, slice),
    };
  }

  /**
   * Takes the lock. Resolves to a guard for `await using`, or to `false` when `timeout` (seconds) has passed or with
   * `block: false`. Rejects with OwnerDiedError when the holder was found dead.
   */
  acquire(): Promise<LockGuard>;
  acquire(options: AsyncWaitOptions | undefined): Promise<LockGuard | false>;
  async acquire(options?: AsyncWaitOptions): Promise<LockGuard | false> {
    const { core } = this;
    if (this.#operation.line.length > 0 || !this.#take(core, false)) {
      const result = await blockAsync(this.#operation, patience(options), options?.signal);
      if (result === PENDING) return false;
    }
    return new LockGuard(() => this.release());
  }

  /** Takes the lock, blocking the whole thread. False when `timeout` (seconds) has passed or with `block: false`. */
  acquireSync(options?: WaitOptions): boolean {
    const { core } = this;
    if (this.#take(core, true)) return true;
    return blockSync(this.#memory.waits, this.#operation, patience(options)) !== PENDING;
  }

  /** Gives the lock back. @throws ValueError when nobody holds it */
  release(): void {
    const { core } = this;
    const words = this.#words;
    const at = this.#at;
    if (channels.release.hasSubscribers && words[at] !== 0)
      publish('release', core.info, words[at + LOCK.ticket]);
    if (Atomics.exchange(words, at, 0) === 0) throw new ValueError('release() of a lock that nobody holds');
    this.#memory.waits.wake(at + LOCK.waiters);
  }

  /** Whether anybody holds the lock now. */
  get locked(): boolean {
    return Atomics.load(this.#words, this.core.content) !== 0;
  }

  /** Runs `body` holding the lock, as an async task that owns it, and releases it whatever happens. */
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

  #take(core: Core, sync: boolean): boolean {
    const words = this.#words;
    const at = this.#at;
    if (Atomics.compareExchange(words, at, 0, this.#memory.thread) !== 0) return false;
    const ticket = (words[at + LOCK.ticket] as number) + 1;
    words[at + LOCK.ticket] = ticket;
    if (channels.acquire.hasSubscribers) publish('acquire', core.info, ticket, 0, newWait(sync));
    return true;
  }

  #attempt(core: Core, wait: Wait, slice: boolean): true | Pending {
    return attemptLock(core, wait, slice, this.#memory.thread);
  }
}

/** One try at a lock word, with what must be written beside it. @throws OwnerDiedError after it has freed a dead holder's lock */
export function attemptLock(core: Core, wait: Wait, slice: boolean, thread: number): true | Pending {
  const { words } = core.memory;
  const at = core.content;
  const holder = Atomics.compareExchange(words, at, 0, thread);
  if (holder === 0) {
    const ticket = ((words[at + LOCK.ticket] ?? 0) + 1) >>> 0;
    words[at + LOCK.ticket] = ticket;
    words[at + LOCK.task] = wait.task;
    publish('acquire', core.info, ticket, wait.n, wait);
    return true;
  }
  if (slice && (holder & EXITED) === 0 && !core.memory.slots.isAlive(holder)) recover(core, holder);
  return PENDING;
}

function recover(core: Core, holder: number): void {
  const { words } = core.memory;
  const at = core.content;
  const pid = core.memory.slots.pidOf(holder);
  const ticket = words[at + LOCK.ticket] ?? 0;
  if (Atomics.compareExchange(words, at, holder, 0) !== holder) return;
  publish('ownerDied', core.info, ticket, pid);
  core.memory.waits.wake(at + LOCK.waiters);
  const name = core.info.name === undefined ? '' : ` "${core.info.name}"`;
  throw new OwnerDiedError(
    `process ${pid === 0 ? '(unknown)' : pid} died holding the lock${name}; the lock is free again`,
    pid,
  );
}

/** At a normal end: locks that this thread holds are left held, and marked so that nobody takes their holder for dead. */
function leaveHeld(): void {
  for (const core of openCores()) {
    if (core.info.kind !== 'lock' && core.info.kind !== 'rlock') continue;
    const { thread, words } = core.memory;
    Atomics.compareExchange(words, core.content, thread, thread | EXITED);
  }
}
beforeRelease(leaveHeld);

registerSingle(Lock.prototype, 'lock', (core) => new Lock({}, core));
