import type { Words } from '../../../base/quantities.ts';
import { AssertionError } from '../../core/errors/errors.ts';
import type { HeldResource } from '../../core/handles/held-resource.ts';

const SEAT = { state: 0, thread: 1, order: 2, words: 3 } as const;
const FREE = 0;
const WAITING = 1;
const NOTIFIED = 2;

/** Most waits on one condition at a time, over all processes. */
export const MOST_SLEEPERS = 512;
export const SLEEPER_WORDS = 1 + MOST_SLEEPERS * SEAT.words;

/**
 * Who waits on a condition: one seat each, in the order of arrival. Seats are taken and woken under the condition's lock; a
 * sleeper that gives up leaves without it. Python counts sleepers instead, and hangs when one of them dies.
 */
export class Sleepers {
  readonly #resource: HeldResource;
  readonly #at: Words;

  /** @param at word position of the table, {@link SLEEPER_WORDS} long */
  constructor(resource: HeldResource, at: Words) {
    this.#resource = resource;
    this.#at = at;
  }

  /** Takes a seat. @throws AssertionError when all are taken */
  sit(): number {
    const { words, thread } = this.#resource.memory;
    const seat = this.#find((at) => Atomics.load(words, at) === FREE) ?? this.#find((at) => this.#isDead(at));
    if (seat === undefined) throw new AssertionError(`more than ${MOST_SLEEPERS} waits on one condition`);
    const at = this.#seat(seat);
    words[at + SEAT.thread] = thread;
    words[at + SEAT.order] = words[this.#at] = (words[this.#at] ?? 0) + 1;
    Atomics.store(words, at, WAITING);
    return seat;
  }

  #find(fits: (at: Words) => boolean): number | undefined {
    for (let seat = 0; seat < MOST_SLEEPERS; seat++) if (fits(this.#seat(seat))) return seat;
    return undefined;
  }

  /** Number of the wait in a seat among all waits of the condition: uint32, from 1, +1 a wait. */
  ticket(seat: number): number {
    return (this.#resource.memory.words[this.#seat(seat) + SEAT.order] ?? 0) >>> 0;
  }

  /**
   * Marks the `count` that came first as notified, passing over the dead. How many it found, and the ticket of the last of
   * them, 0: none.
   */
  notify(count: number): { woken: number; last: number } {
    const { words } = this.#resource.memory;
    let woken = 0;
    let last = 0;
    for (const at of this.#waiting()) {
      if (woken === count) break;
      if (this.#isDead(at)) Atomics.compareExchange(words, at, WAITING, FREE);
      else if (Atomics.compareExchange(words, at, WAITING, NOTIFIED) === WAITING) {
        woken++;
        last = (words[at + SEAT.order] ?? 0) >>> 0;
      }
    }
    return { woken, last };
  }

  isNotified(seat: number): boolean {
    return Atomics.load(this.#resource.memory.words, this.#seat(seat)) === NOTIFIED;
  }

  /** Leaves; true when the sleeper had been notified, even if only just now. */
  leave(seat: number): boolean {
    return Atomics.exchange(this.#resource.memory.words, this.#seat(seat), FREE) === NOTIFIED;
  }

  #seat(seat: number): number {
    return this.#at + 1 + seat * SEAT.words;
  }

  #waiting(): number[] {
    const { words } = this.#resource.memory;
    const found: number[] = [];
    for (let seat = 0; seat < MOST_SLEEPERS; seat++) {
      const at = this.#seat(seat);
      if (Atomics.load(words, at) === WAITING) found.push(at);
    }
    // Orders wrap after 2^31 waits, which the signed difference survives.
    return found.sort((a, b) => ((words[a + SEAT.order] ?? 0) - (words[b + SEAT.order] ?? 0)) | 0);
  }

  #isDead(at: Words): boolean {
    const { words, thread, slots } = this.#resource.memory;
    const sleeper = words[at + SEAT.thread] ?? 0;
    return sleeper !== thread && !slots.isAlive(sleeper);
  }
}
