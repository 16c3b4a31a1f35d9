import { WAIT } from '../../../shm/layout.ts';
import { atMost } from '../../core/arguments/internal.ts';
import {
  type AsyncWaitOptions,
  optionsOf,
  patience,
  type WaitOptions,
} from '../../core/arguments/options.ts';
import { publish } from '../../core/diagnostics/publish.ts';
import { BOTH, createCore, type Shape } from '../../core/handles/core.ts';
import { checkName, Handle, ofCore, registerSingle } from '../../core/handles/handle.ts';
import { blockAsync, blockSync, type Operation, PENDING } from '../../core/waits/blocking.ts';

/** `rounds` counts the sets, so that a waiter which wakes after a set and a clear still sees the set. */
const EVENT = { flag: 0, rounds: 1, waiters: 2, words: 2 + WAIT.words } as const;
const SHAPE: Shape = { kind: 'event', words: EVENT.words, waitPoints: EVENT.waiters, waitPointCount: 1 };

/** A flag between processes that can be waited for. */
export class Event extends Handle {
  /** @param options `name` appears in traces and errors. @throws TypeMismatch for anything else */
  constructor(options?: { readonly name?: string });
  constructor(...given: [options?: { readonly name?: string }]) {
    const [options = {}] = atMost(1, given, 'new Event({ name })');
    super(
      ofCore.received(options) ??
        createCore(SHAPE, { name: checkName(optionsOf(options).name), capacity: 0 }),
      BOTH,
    );
  }

  isSet(): boolean {
    const { core } = this;
    return Atomics.load(core.memory.words, core.content + EVENT.flag) === 1;
  }

  /** Sets the flag and wakes everybody who waits. */
  set(): void {
    const { core } = this;
    const { words, waits } = core.memory;
    publish('eventSet', core.info);
    Atomics.store(words, core.content + EVENT.flag, 1);
    Atomics.add(words, core.content + EVENT.rounds, 1);
    waits.wake(core.content + EVENT.waiters, true);
  }

  clear(): void {
    const { core } = this;
    publish('eventClear', core.info);
    Atomics.store(core.memory.words, core.content + EVENT.flag, 0);
  }

  /** Waits for the flag; resolves to false when `timeout` (seconds) has passed before. */
  async wait(options?: number | AsyncWaitOptions): Promise<boolean> {
    const limits = waitLimits(options);
    return (await blockAsync(this.#waiting(), patience(limits), limits?.signal)) !== PENDING;
  }

  waitSync(options?: number | WaitOptions): boolean {
    const { memory } = this.core;
    return blockSync(memory.waits, this.#waiting(), patience(waitLimits(options))) !== PENDING;
  }

  #waiting(): Operation<true> {
    const { core } = this;
    const { words } = core.memory;
    const point = core.content + EVENT.waiters;
    const round = Atomics.load(words, core.content + EVENT.rounds);
    return {
      op: 'waitEvent',
      target: core.info,
      point,
      line: core.line(point),
      attempt: () => {
        const set = Atomics.load(words, core.content + EVENT.flag) === 1;
        return set || Atomics.load(words, core.content + EVENT.rounds) !== round ? true : PENDING;
      },
    };
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.closed ? '<Event closed>' : `<Event ${this.isSet() ? 'set' : 'unset'}>`;
  }
}

/** `wait(2)` is `wait({ timeout: 2 })`. */
export function waitLimits(options: number | AsyncWaitOptions | undefined): AsyncWaitOptions | undefined {
  return typeof options === 'number' ? { timeout: options } : options;
}

registerSingle(Event.prototype, 'event', (core) => new Event(ofCore.pass(core)));
