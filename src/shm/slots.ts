import { readFileSync } from 'node:fs';
import type { Words } from '../base/quantities.ts';
import {
  addressOf,
  HEADER,
  SLOT,
  SLOT_COUNT,
  SLOT_WORDS,
  SLOTS_AT,
  type SlotIndex,
  type ThreadWord,
} from './layout.ts';
import { processState } from './liveness.ts';
import { SharedMemoryError } from './platform.ts';
import type { Session } from './session.ts';

const SLOT_BITS = 11;
const SLOT_MASK = (1 << SLOT_BITS) - 1;
const GENERATION_MASK = (1 << 19) - 1;

export function slotOf(thread: ThreadWord): number {
  return (thread & SLOT_MASK) - 1;
}

/** The table of threads. A row is claimed by one thread until that thread, or a sweep after its death, frees it. */
export class Slots {
  readonly #words: Int32Array;

  constructor(words: Int32Array) {
    this.#words = words;
  }

  at(slot: SlotIndex): number {
    return SLOTS_AT + slot * SLOT_WORDS;
  }

  thread(slot: SlotIndex): ThreadWord {
    const generation = (this.#words[this.at(slot) + SLOT.generation] ?? 0) & GENERATION_MASK;
    return (generation << SLOT_BITS) | (slot + 1);
  }

  pid(slot: SlotIndex): number {
    return this.#words[this.at(slot) + SLOT.pid] ?? 0;
  }

  /** The pid of a thread that may be gone; 0 when its row is another's by now. */
  pidOf(thread: ThreadWord): number {
    const slot = slotOf(thread);
    return slot >= 0 && this.thread(slot) === thread ? (this.#words[this.at(slot) + SLOT.lastPid] ?? 0) : 0;
  }

  /** Claims a row for this thread, or returns -1 when the table is full. */
  claim(session: Session): number {
    const words = this.#words;
    for (let slot = 0; slot < SLOT_COUNT; slot++) {
      const at = this.at(slot);
      if (words[at] !== 0 || Atomics.compareExchange(words, at, 0, process.pid) !== 0) continue;
      const { start } = processState(process.pid);
      words[at + SLOT.generation] = (words[at + SLOT.generation] ?? 0) + 1;
      words[at + SLOT.startLow] = start | 0;
      words[at + SLOT.startHigh] = Math.floor(start / 2 ** 32);
      words[at + SLOT.threadId] = session.platform.threadId();
      words[at + SLOT.bellArmed] = 0;
      words[at + SLOT.bell] = 0;
      words[at + SLOT.terminate] = 0;
      words[at + SLOT.lastPid] = process.pid;
      Atomics.store(words, at + SLOT.ready, 1);
      return slot;
    }
    return -1;
  }

  free(slot: SlotIndex): void {
    const at = this.at(slot);
    Atomics.store(this.#words, at + SLOT.ready, 0);
    Atomics.store(this.#words, at + SLOT.pid, 0);
  }

  /** Whether the thread that once had this word still lives. ~20 µs, so only waits and sweeps ask. */
  isAlive(thread: ThreadWord): boolean {
    const slot = slotOf(thread);
    return slot >= 0 && this.thread(slot) === thread && this.isSlotAlive(slot);
  }

  isSlotAlive(slot: SlotIndex): boolean {
    const words = this.#words;
    const at = this.at(slot);
    const pid = Atomics.load(words, at + SLOT.pid);
    if (pid === 0) return false;
    const ready = Atomics.load(words, at + SLOT.ready) === 1;
    const start = ((words[at + SLOT.startLow] ?? 0) >>> 0) + (words[at + SLOT.startHigh] ?? 0) * 2 ** 32;
    const state = processState(pid);
    if (!state.alive) return false;
    if (!ready || start === 0 || state.start === 0) return true;
    return state.start === start && threadExists(pid, words[at + SLOT.threadId] ?? 0);
  }

  /** Slots whose thread has died without freeing them. */
  dead(): number[] {
    const found: number[] = [];
    for (let slot = 0; slot < SLOT_COUNT; slot++) {
      if (this.pid(slot) !== 0 && !this.isSlotAlive(slot)) found.push(slot);
    }
    return found;
  }
}

function threadExists(pid: number, thread: number): boolean {
  if (thread === 0 || thread === pid) return true;
  try {
    readFileSync(`/proc/${pid}/task/${thread}/stat`);
    return true;
  } catch {
    return false;
  }
}

/** Words that guard a critical section inside the runtime: `[owner, sleepers]`. */
export class InnerLock {
  readonly #session: Session;
  readonly #words: Int32Array;
  readonly #slots: Slots;
  readonly #me: () => ThreadWord;

  constructor(session: Session, slots: Slots, me: () => ThreadWord) {
    this.#session = session;
    this.#words = session.words;
    this.#slots = slots;
    this.#me = me;
  }

  /**
   * Enters the section at `at`. What it protects must be such that a holder's death anywhere inside leaves it valid,
   * because a dead holder's lock is simply taken over.
   */
  enter(at: Words): void {
    if (Atomics.compareExchange(this.#words, at, 0, this.#me()) !== 0) this.#enterSlowly(at);
  }

  leave(at: Words): void {
    const words = this.#words;
    Atomics.store(words, at, 0);
    if (Atomics.load(words, at + 1) > 0) this.#session.platform.wake(addressOf(this.#session.base, at), 1);
  }

  #enterSlowly(at: Words): void {
    const words = this.#words;
    const me = this.#me();
    for (let spin = 0; spin < 200; spin++) {
      if (Atomics.load(words, at) === 0 && Atomics.compareExchange(words, at, 0, me) === 0) return;
    }
    Atomics.add(words, at + 1, 1);
    try {
      for (;;) {
        const owner = Atomics.compareExchange(words, at, 0, me);
        if (owner === 0) return;
        // A subscriber of the diagnostics channels that uses the very queue it is told about would wait for itself.
        if (owner === me)
          throw new SharedMemoryError('a queue or pipe was used from inside one of its own operations', {
            code: 'ERR_SHARED_MEMORY_REENTERED',
          });
        this.#session.platform.wait(addressOf(this.#session.base, at), owner, 20);
        if (Atomics.load(words, at) !== owner || this.#slots.isAlive(owner)) continue;
        if (Atomics.compareExchange(words, at, owner, me) === owner) return;
      }
    } finally {
      Atomics.sub(words, at + 1, 1);
    }
  }
}

export const ALLOCATOR_LOCK = HEADER.allocatorLock;
