import type { Words } from '../../../base/quantities.ts';
import { TERMINATE, WAIT } from '../../../shm/layout.ts';
import type { Memory } from '../../../shm/memory.ts';
import { atMost } from '../../core/arguments/internal.ts';
import {
  type AsyncWaitOptions,
  isLimited,
  optionsOf,
  type WaitOptions,
} from '../../core/arguments/options.ts';
import { channels, publish, type Wait } from '../../core/diagnostics/publish.ts';
import { OwnerDiedError, ValueError } from '../../core/errors/errors.ts';
import { checkName, ofResource, registerSingle } from '../../core/handles/handle.ts';
import {
  createResource,
  type HeldResource,
  heldResources,
  type Shape,
} from '../../core/handles/held-resource.ts';
import { beforeRelease } from '../../core/handles/instance.ts';
import { newWait, PENDING, type Pending } from '../../core/waits/blocking.ts';
import { Acquirable } from './acquirable.ts';

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

/**
 * A lock between any threads of any processes, not recursive. Who releases it need not be who acquired it.
 * It stays held when its holder ends normally; when the holder dies by a signal or a crash, the lock becomes free and one
 * waiter gets OwnerDiedError.
 */
export class Lock extends Acquirable {
  // Copies of what the handle's resource has: an uncontended pair costs 20 ns, and each step through objects 1–2.
  readonly #words: Int32Array;
  readonly #at: Words;
  readonly #memory: Memory;
  readonly #terminateAt: Words;

  /** @param options `name` appears in traces and errors. @throws TypeMismatch for anything else */
  constructor(options?: { readonly name?: string });
  constructor(...given: [options?: { readonly name?: string }]) {
    const [options = {}] = atMost(1, given, 'new Lock({ name })');
    const own =
      ofResource.received(options) ??
      createResource(SHAPE, { name: checkName(optionsOf(options).name), capacity: 0 });
    const point = own.content + LOCK.waiters;
    super(own, {
      op: 'waitAcquire',
      target: own.info,
      point,
      queue: own.waitQueue(point),
      attempt: (wait, lookForDead) => attemptLock(own, wait, lookForDead, own.memory.thread),
    });
    this.#words = own.memory.words;
    this.#at = own.content;
    this.#memory = own.memory;
    this.#terminateAt = own.memory.waits.terminateAt;
  }

  /** Takes the lock, blocking the whole thread. False when `timeout` (seconds) has passed or with `block: false`. */
  override acquireSync(options?: WaitOptions): boolean {
    const { resource } = this;
    if (this.#words[this.#terminateAt] === TERMINATE.requested) this.#memory.waits.takeTermination();
    return this.#take(resource, true, options) || super.acquireSync(options);
  }

  /** @internal */
  protected override takeNow(options: AsyncWaitOptions | undefined): boolean {
    return !this.isWaitedFor && this.#take(this.resource, false, options);
  }

  /** Gives the lock back. @throws ValueError when nobody holds it */
  release(): void {
    const { resource } = this;
    const words = this.#words;
    const at = this.#at;
    if (channels.release.hasSubscribers && words[at] !== 0)
      publish('release', resource.info, words[at + LOCK.ticket]);
    if (Atomics.exchange(words, at, 0) === 0) throw new ValueError('release() of a lock that nobody holds');
    this.#memory.waits.wake(at + LOCK.waiters);
  }

  /** Whether anybody holds the lock now. */
  get locked(): boolean {
    return Atomics.load(this.#words, this.resource.content) !== 0;
  }

  #take(resource: HeldResource, sync: boolean, options: AsyncWaitOptions | undefined): boolean {
    const words = this.#words;
    const at = this.#at;
    if (Atomics.compareExchange(words, at, 0, this.#memory.thread) !== 0) return false;
    const ticket = (words[at + LOCK.ticket] as number) + 1;
    words[at + LOCK.ticket] = ticket;
    if (channels.acquire.hasSubscribers)
      publish('acquire', resource.info, ticket, 0, newWait(sync, isLimited(options)));
    return true;
  }
}

/** One try at a lock word, with what must be written beside it. @throws OwnerDiedError after it has freed a dead holder's lock */
export function attemptLock(
  resource: HeldResource,
  wait: Wait,
  lookForDead: boolean,
  thread: number,
): true | Pending {
  const { words } = resource.memory;
  const at = resource.content;
  const holder = Atomics.compareExchange(words, at, 0, thread);
  if (holder === 0) {
    const ticket = ((words[at + LOCK.ticket] ?? 0) + 1) >>> 0;
    words[at + LOCK.ticket] = ticket;
    words[at + LOCK.task] = wait.task;
    publish('acquire', resource.info, ticket, wait.n, wait);
    return true;
  }
  if (lookForDead && (holder & EXITED) === 0 && !resource.memory.slots.isAlive(holder))
    recover(resource, holder);
  return PENDING;
}

function recover(resource: HeldResource, holder: number): void {
  const { words } = resource.memory;
  const at = resource.content;
  const pid = resource.memory.slots.pidOf(holder);
  const ticket = words[at + LOCK.ticket] ?? 0;
  if (Atomics.compareExchange(words, at, holder, 0) !== holder) return;
  publish('ownerDied', resource.info, ticket, pid);
  resource.memory.waits.wake(at + LOCK.waiters);
  const name = resource.info.name === undefined ? '' : ` "${resource.info.name}"`;
  throw new OwnerDiedError(
    `process ${pid === 0 ? '(unknown)' : pid} died holding the lock${name}; the lock is free again`,
    pid,
  );
}

/** At a normal end: locks that this thread holds are left held, and marked so that nobody takes their holder for dead. */
function leaveHeld(): void {
  for (const resource of heldResources()) {
    if (resource.info.kind !== 'lock' && resource.info.kind !== 'rlock') continue;
    const { thread, words } = resource.memory;
    Atomics.compareExchange(words, resource.content, thread, thread | EXITED);
  }
}
beforeRelease(leaveHeld);

registerSingle(Lock.prototype, 'lock', (resource) => new Lock(ofResource.pass(resource)));
