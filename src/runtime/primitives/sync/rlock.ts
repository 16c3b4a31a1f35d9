import { atMost } from '../../core/arguments/internal.ts';
import { optionsOf } from '../../core/arguments/options.ts';
import { publish, type Wait } from '../../core/diagnostics/publish.ts';
import { AssertionError } from '../../core/errors/errors.ts';
import { checkName, ofResource, registerSingle } from '../../core/handles/handle.ts';
import { createResource, type HeldResource, type Shape } from '../../core/handles/held-resource.ts';
import { currentTask } from '../../core/tasks/task.ts';
import { PENDING, type Pending } from '../../core/waits/blocking.ts';
import { Acquirable } from './acquirable.ts';
import { attemptLock, LOCK } from './lock.ts';

/** A lock's words, and how often its owner has taken it. */
const DEPTH = LOCK.words;
const SHAPE: Shape = { kind: 'rlock', words: LOCK.words + 1, waitPoints: LOCK.waiters, waitPointCount: 1 };

/**
 * A lock that its owner may take again; it is free when it was released as often.
 *
 * The owner is a thread and a task token: code in one `task.run`, `lock.with`, `Process` target or pool task is one owner,
 * and so is all code of a thread that runs in none of these. Parallel branches (`Promise.all`) in one such scope are the
 * same owner and would all get in; give each a `task.run`.
 */
export class RLock extends Acquirable {
  /** @param options `name` appears in traces and errors. @throws TypeMismatch for anything else */
  constructor(options?: { readonly name?: string });
  constructor(...given: [options?: { readonly name?: string }]) {
    const [options = {}] = atMost(1, given, 'new RLock({ name })');
    const own =
      ofResource.received(options) ??
      createResource(SHAPE, { name: checkName(optionsOf(options).name), capacity: 0 });
    const point = own.content + LOCK.waiters;
    super(own, {
      op: 'waitAcquire',
      target: own.info,
      point,
      queue: own.waitQueue(point),
      attempt: (wait, lookForDead) => attempt(own, wait, lookForDead),
    });
  }

  /** Gives one acquisition back. @throws AssertionError when the caller is not the owner */
  release(): void {
    const { resource } = this;
    this.#checkOwner(resource);
    const { words } = resource.memory;
    const depth = words[resource.content + DEPTH] ?? 1;
    if (depth > 1) words[resource.content + DEPTH] = depth - 1;
    else free(resource);
  }

  /** Again, past those who wait: behind them in the queue its owner would wait for them, and they for it. @internal */
  protected override takeNow(): boolean {
    return attemptAgain(this.resource, currentTask());
  }

  /** Whether the caller owns it. */
  get owned(): boolean {
    return isOwner(this.resource, currentTask());
  }

  /** Whether this thread has it, but in another task than the caller's: a synchronous acquire would never return. @internal */
  get isHeldByOtherTask(): boolean {
    const { words, thread } = this.resource.memory;
    return Atomics.load(words, this.resource.content + LOCK.word) === thread && !this.owned;
  }

  /** Releases all acquisitions at once, for a condition's wait, and returns their number. @internal */
  releaseAll(): number {
    const { resource } = this;
    this.#checkOwner(resource);
    const depth = resource.memory.words[resource.content + DEPTH] ?? 1;
    free(resource);
    return depth;
  }

  /** After an acquire: makes it as deep as before {@link releaseAll}. @internal */
  restore(depth: number): void {
    const { resource } = this;
    resource.memory.words[resource.content + DEPTH] = depth;
  }

  #checkOwner(resource: HeldResource): void {
    if (!isOwner(resource, currentTask()))
      throw new AssertionError('attempt to release recursive lock not owned by this task');
  }
}

function attempt(resource: HeldResource, wait: Wait, lookForDead: boolean): true | Pending {
  const { words, thread } = resource.memory;
  if (attemptAgain(resource, wait.task)) return true;
  const result = attemptLock(resource, wait, lookForDead, thread);
  if (result !== PENDING) words[resource.content + DEPTH] = 1;
  return result;
}

function attemptAgain(resource: HeldResource, task: number): boolean {
  if (!isOwner(resource, task)) return false;
  const { words } = resource.memory;
  words[resource.content + DEPTH] = (words[resource.content + DEPTH] ?? 0) + 1;
  return true;
}

/** Only the owner's own thread can find itself here, so plain reads are enough after the first. */
function isOwner(resource: HeldResource, task: number): boolean {
  const { words, thread } = resource.memory;
  return (
    Atomics.load(words, resource.content + LOCK.word) === thread &&
    words[resource.content + LOCK.task] === task
  );
}

function free(resource: HeldResource): void {
  const { words, waits } = resource.memory;
  publish('release', resource.info, words[resource.content + LOCK.ticket]);
  Atomics.store(words, resource.content + LOCK.word, 0);
  waits.wake(resource.content + LOCK.waiters);
}

registerSingle(RLock.prototype, 'rlock', (resource) => new RLock(ofResource.pass(resource)));
