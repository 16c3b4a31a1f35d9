/**
 * Shared memory as one thread uses it: allocation, who holds what, waits. Everything above (`src/runtime`) is built on
 * {@link Memory}; a block is known by its first word, and `BLOCK`/`WAIT` in layout.ts say what is where.
 */

import type { Words } from '../base/quantities.ts';
import { Allocator } from './allocator.ts';
import { BITMAP_WORDS, BLOCK, type SlotIndex, type ThreadWord, WAIT } from './layout.ts';
import { SharedMemoryError } from './platform.ts';
import type { Session } from './session.ts';
import { InnerLock, Slots } from './slots.ts';
import { Waits } from './waiting.ts';

/** Which of a block's two holder sets. Locks and values use `readers` for all. */
export type HolderSet = typeof BLOCK.readers | typeof BLOCK.writers;

export class Memory {
  readonly session: Session;
  readonly words: Int32Array;
  readonly slots: Slots;
  readonly slot: SlotIndex;
  /** This thread in lock words. */
  readonly thread: ThreadWord;
  readonly inner: InnerLock;
  readonly allocator: Allocator;
  readonly waits: Waits;

  constructor(session: Session) {
    this.session = session;
    this.words = session.words;
    this.slots = new Slots(session.words);
    let me = 0;
    this.inner = new InnerLock(session, this.slots, () => me);
    this.allocator = new Allocator(session, this.inner);
    this.slot = this.#claim();
    this.thread = me = this.slots.thread(this.slot);
    this.waits = new Waits(session, this.slots, this.slot);
  }

  #claim(): number {
    for (let tries = 0; tries < 2; tries++) {
      const slot = this.slots.claim(this.session);
      if (slot >= 0) return slot;
      // Without a slot there is no name to take locks under, so dead rows are only freed; their holdings wait for a sweep.
      for (const dead of this.slots.dead()) this.slots.free(dead);
    }
    throw new SharedMemoryError('too many processes and threads share memory (1024)', {
      code: 'ERR_SHARED_MEMORY_EXHAUSTED',
    });
  }

  /** A zeroed block, held by this thread in both sets, with wait points at `waitPoints` (words after the content's begin). */
  create(contentWords: number, firstWaitPoint: Words, waitPoints: number): number {
    const at = this.allocator.block(contentWords);
    this.words[at + BLOCK.waitPoints] = firstWaitPoint;
    this.words[at + BLOCK.waitPointCount] = waitPoints;
    this.hold(at, BLOCK.readers);
    this.hold(at, BLOCK.writers);
    return at;
  }

  generation(at: Words): number {
    return Atomics.load(this.words, at + BLOCK.generation);
  }

  hold(at: Words, set: HolderSet): void {
    Atomics.or(this.words, at + set + (this.slot >> 5), 1 << (this.slot & 31));
  }

  /** Gives up one holding; the last of all frees the block. Waiters look again, since an end may have come. */
  drop(at: Words, set: HolderSet): void {
    const generation = this.generation(at);
    Atomics.and(this.words, at + set + (this.slot >> 5), ~(1 << (this.slot & 31)));
    this.#changed(at, generation);
  }

  /** A message under way keeps the block alive (+1), until its receiver holds it or it is thrown away (−1). */
  inFlight(at: Words, change: 1 | -1): void {
    const generation = this.generation(at);
    Atomics.add(this.words, at + BLOCK.inFlight, change);
    if (change < 0) this.#changed(at, generation);
  }

  /**
   * After a holding or a flight has ended: an end of file wakes who waits for one, and what nobody holds is freed. By now
   * the block may be gone, and what is in its place anything: nothing is written before that is ruled out.
   */
  #changed(at: Words, generation: number): void {
    if (!this.isAbandoned(at, BLOCK.readers) && !this.isAbandoned(at, BLOCK.writers)) return;
    this.allocator.exclusively(() => {
      if (generation === 0 || this.generation(at) !== generation) return;
      const noReaders = this.isAbandoned(at, BLOCK.readers);
      const noWriters = this.isAbandoned(at, BLOCK.writers);
      if (noReaders || noWriters) this.#wakeAll(at);
      if (noReaders && noWriters) this.allocator.freeBlock(at);
    });
  }

  /** Whether nobody (a message under way neither) holds the block in `set`. */
  isAbandoned(at: Words, set: HolderSet): boolean {
    if (Atomics.load(this.words, at + BLOCK.inFlight) !== 0) return false;
    for (let i = 0; i < BITMAP_WORDS; i++) if (Atomics.load(this.words, at + set + i) !== 0) return false;
    return true;
  }

  /** Looks whether holders of the set have died, and sweeps them. Costs ~20 µs a holder. */
  sweepHolders(at: Words, set: HolderSet): void {
    for (const slot of Waits.slots(this.words, at + set)) {
      if (slot !== this.slot && !this.slots.isSlotAlive(slot)) this.sweep(slot);
    }
  }

  /** Sweeps every thread of a process that has ended. */
  sweepProcess(pid: number): void {
    for (let slot = 0; slot < 1024; slot++) if (this.slots.pid(slot) === pid) this.sweep(slot);
  }

  /** Takes away everything that a dead thread, or this one at its end, holds, and frees its slot. */
  sweep(slot: SlotIndex): void {
    const thread = this.slots.thread(slot);
    this.allocator.exclusively(() => {
      if (this.slots.thread(slot) !== thread || this.slots.pid(slot) === 0) return;
      for (const at of this.allocator.blocks()) {
        if (this.generation(at) === 0 || !this.#clear(at, slot)) continue;
        if (this.#isUnused(at)) this.allocator.freeBlock(at);
        else this.#wakeAll(at);
      }
      this.slots.free(slot);
    });
  }

  #clear(at: Words, slot: SlotIndex): boolean {
    const bit = 1 << (slot & 31);
    const word = slot >> 5;
    const read = Atomics.and(this.words, at + BLOCK.readers + word, ~bit) & bit;
    const write = Atomics.and(this.words, at + BLOCK.writers + word, ~bit) & bit;
    return (read | write) !== 0;
  }

  #isUnused(at: Words): boolean {
    return this.isAbandoned(at, BLOCK.readers) && this.isAbandoned(at, BLOCK.writers);
  }

  #wakeAll(at: Words): void {
    const count = this.words[at + BLOCK.waitPointCount] ?? 0;
    const first = at + BLOCK.content + (this.words[at + BLOCK.waitPoints] ?? 0);
    for (let i = 0; i < count; i++) this.waits.wake(first + i * WAIT.words, true);
  }
}
