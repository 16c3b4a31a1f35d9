import { WAIT } from '../../../shm/layout.ts';
import { atMost } from '../../core/arguments/internal.ts';
import {
  type AsyncWaitOptions,
  optionsOf,
  patience,
  type WaitOptions,
} from '../../core/arguments/options.ts';
import { publish } from '../../core/diagnostics/publish.ts';
import { checkName, Handle, ofResource, registerSingle } from '../../core/handles/handle.ts';
import { BOTH, createResource, type Shape } from '../../core/handles/held-resource.ts';
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
      ofResource.received(options) ??
        createResource(SHAPE, { name: checkName(optionsOf(options).name), capacity: 0 }),
      BOTH,
    );
  }

  isSet(): boolean {
    const { resource } = this;
    return Atomics.load(resource.memory.words, resource.content + EVENT.flag) === 1;
  }

  /** Sets the flag and wakes everybody who waits. */
  set(): void {
    const { resource } = this;
    const { words, waits } = resource.memory;
    publish('eventSet', resource.info);
    Atomics.store(words, resource.content + EVENT.flag, 1);
    Atomics.add(words, resource.content + EVENT.rounds, 1);
    waits.wake(resource.content + EVENT.waiters, true);
  }

  clear(): void {
    const { resource } = this;
    publish('eventClear', resource.info);
    Atomics.store(resource.memory.words, resource.content + EVENT.flag, 0);
  }

  /** Waits for the flag; resolves to false when `timeout` (seconds) has passed before. */
  async wait(options?: number | AsyncWaitOptions): Promise<boolean> {
    const limits = waitLimits(options);
    return (await blockAsync(this.#waiting(), patience(limits), limits?.signal)) !== PENDING;
  }

  waitSync(options?: number | WaitOptions): boolean {
    const { memory } = this.resource;
    return blockSync(memory.waits, this.#waiting(), patience(waitLimits(options))) !== PENDING;
  }

  #waiting(): Operation<true> {
    const { resource } = this;
    const { words } = resource.memory;
    const point = resource.content + EVENT.waiters;
    const round = Atomics.load(words, resource.content + EVENT.rounds);
    return {
      op: 'waitEvent',
      target: resource.info,
      point,
      queue: resource.waitQueue(point),
      attempt: () => {
        const set = Atomics.load(words, resource.content + EVENT.flag) === 1;
        return set || Atomics.load(words, resource.content + EVENT.rounds) !== round ? true : PENDING;
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

registerSingle(Event.prototype, 'event', (resource) => new Event(ofResource.pass(resource)));
