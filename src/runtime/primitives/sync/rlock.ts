import { atMost } from '../../core/arguments/internal.ts';
import { optionsOf } from '../../core/arguments/options.ts';
import { publish, type Wait } from '../../core/diagnostics/publish.ts';
import { AssertionError } from '../../core/errors/errors.ts';
import { type Core, createCore, type Shape } from '../../core/handles/core.ts';
import { checkName, ofCore, registerSingle } from '../../core/handles/handle.ts';
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
      ofCore.received(options) ??
      createCore(SHAPE, { name: checkName(optionsOf(options).name), capacity: 0 });
    const point = own.content + LOCK.waiters;
    super(own, {
      op: 'waitAcquire',
      target: own.info,
      point,
      line: own.line(point),
      attempt: (wait, slice) => attempt(own, wait, slice),
    });
  }

  /** Gives one acquisition back. @throws AssertionError when the caller is not the owner */
  release(): void {
    const { core } = this;
    this.#checkOwner(core);
    const { words } = core.memory;
    const depth = words[core.content + DEPTH] ?? 1;
    if (depth > 1) words[core.content + DEPTH] = depth - 1;
    else free(core);
  }

  /** Again, past those who wait: behind them in the line its owner would wait for them, and they for it. @internal */
  protected override takeNow(): boolean {
    return attemptAgain(this.core, currentTask());
  }

  /** Whether the caller owns it. */
  get owned(): boolean {
    return isOwner(this.core, currentTask());
  }

  /** Whether this thread has it, but in another task than the caller's: a synchronous acquire would never return. @internal */
  get isHeldByOtherTask(): boolean {
    const { words, thread } = this.core.memory;
    return Atomics.load(words, this.core.content + LOCK.word) === thread && !this.owned;
  }

  /** Releases all acquisitions at once, for a condition's wait, and returns their number. @internal */
  releaseAll(): number {
    const { core } = this;
    this.#checkOwner(core);
    const depth = core.memory.words[core.content + DEPTH] ?? 1;
    free(core);
    return depth;
  }

  /** After an acquire: makes it as deep as before {@link releaseAll}. @internal */
  restore(depth: number): void {
    const { core } = this;
    core.memory.words[core.content + DEPTH] = depth;
  }

  #checkOwner(core: Core): void {
    if (!isOwner(core, currentTask()))
      throw new AssertionError('attempt to release recursive lock not owned by this task');
  }
}

function attempt(core: Core, wait: Wait, slice: boolean): true | Pending {
  const { words, thread } = core.memory;
  if (attemptAgain(core, wait.task)) return true;
  const result = attemptLock(core, wait, slice, thread);
  if (result !== PENDING) words[core.content + DEPTH] = 1;
  return result;
}

function attemptAgain(core: Core, task: number): boolean {
  if (!isOwner(core, task)) return false;
  const { words } = core.memory;
  words[core.content + DEPTH] = (words[core.content + DEPTH] ?? 0) + 1;
  return true;
}

/** Only the owner's own thread can find itself here, so plain reads are enough after the first. */
function isOwner(core: Core, task: number): boolean {
  const { words, thread } = core.memory;
  return Atomics.load(words, core.content + LOCK.word) === thread && words[core.content + LOCK.task] === task;
}

function free(core: Core): void {
  const { words, waits } = core.memory;
  publish('release', core.info, words[core.content + LOCK.ticket]);
  Atomics.store(words, core.content + LOCK.word, 0);
  waits.wake(core.content + LOCK.waiters);
}

registerSingle(RLock.prototype, 'rlock', (core) => new RLock(ofCore.pass(core)));
