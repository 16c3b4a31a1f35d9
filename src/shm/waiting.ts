import { Doorbell } from './doorbell.ts';
import { SLOT, TERMINATE, WAIT } from './layout.ts';
import type { Session } from './session.ts';
import type { Slots } from './slots.ts';
import type { Haste } from './spin-policy.ts';

/** Longest sleep of a synchronous wait: then JavaScript runs, and with it debuggers and the checks for the dead. */
export const SLICE_MS = 50;
const SPINS = 60;
/** A sleep that nobody ends early; with the system's slack it lasts about twice as long. */
const NAP_MS = 0.05;
/** For how long the loop polls before it sleeps, in milliseconds. */
const POLL_MS = 0.06;
/** Most waits without polling after polls that were in vain. */
const MOST_SKIPPED = 64;

/** Something that an asynchronous waiter tries again at each ring. */
export interface Waiter {
  /** Word position of the wait point. */
  readonly point: number;
  /** True when the wait has ended, in whichever way. `slice`: at least 100 ms or a death have passed since the last call. */
  attempt(): boolean;
}

/**
 * The waits of one thread. A wait point is a few words in a block (`WAIT`): waiters register, try again, and sleep;
 * who changes the state calls {@link wake}. A waiter that dies registered costs later wakes a little time, nothing else.
 */
export class Waits {
  readonly #session: Session;
  readonly #slots: Slots;
  readonly #slot: number;
  readonly #bell: Doorbell;
  /** Waiters, and whether each keeps the loop alive. */
  readonly #waiters = new Map<Waiter, boolean>();
  #refs = 0;
  #pollUntil = 0;
  /** Waits to come that shall not poll, and how many there will be after the next poll in vain. */
  #skip = 0;
  #penalty = 1;
  #polling = false;
  readonly #perPoint = new Map<number, number>();
  /** Word that is {@link TERMINATE}.requested where {@link takeTermination} has something to do. */
  readonly terminateAt: number;
  /** Called in each slice of a synchronous wait: for the parent's end. */
  onSlice: () => void = () => {};
  /** Calls this process's SIGTERM listeners; see {@link takeTermination}. */
  onTermination: () => void = () => {};

  constructor(session: Session, slots: Slots, slot: number) {
    this.#session = session;
    this.#slots = slots;
    this.#slot = slot;
    this.terminateAt = slots.at(slot) + SLOT.terminate;
    this.#bell = new Doorbell(session, slots, slot, () => this.#retry());
  }

  /** Number of asynchronous waits that pend in this thread. */
  get pending(): number {
    return this.#waiters.size;
  }

  /**
   * Blocks the thread until `attempt` returns true (then true) or `deadline` (`performance.now()`) has passed (then false).
   * `attempt` may throw to end the wait; `quick`: it is called again at once, the clock would cost more than it. `haste`: what it does before it sleeps.
   */
  block(point: number, attempt: (quick: boolean) => boolean, deadline: number, haste?: Haste): boolean {
    if (this.hurry(attempt, deadline, haste)) return true;
    const { words } = this.#session;
    for (;;) {
      Atomics.add(words, point + WAIT.count, 1);
      Atomics.add(words, point + WAIT.syncCount, 1);
      Atomics.store(words, point + WAIT.signalled, 0);
      try {
        const sequence = Atomics.load(words, point + WAIT.sequence);
        if (attempt(false)) return true;
        const left = deadline - performance.now();
        if (left <= 0) return false;
        this.#slice(point, sequence, Math.min(left, SLICE_MS));
      } finally {
        Atomics.sub(words, point + WAIT.syncCount, 1);
        Atomics.sub(words, point + WAIT.count, 1);
        Atomics.store(words, point + WAIT.signalled, 0);
      }
      // No longer registered, so that it wakes others, and not itself, when it is served.
      if (attempt(false)) return true;
    }
  }

  /** Tries for a while without telling anybody, who would have to wake this thread at a cost. Blocks the thread meanwhile. */
  hurry(attempt: (quick: boolean) => boolean, deadline: number, haste: Haste | undefined): boolean {
    const spins = haste?.spins ?? SPINS;
    for (let spin = 0; spin < spins; spin++) {
      if (attempt(true)) return true;
    }
    if (haste === undefined || haste.naps === 0) return false;
    const { platform, base } = this.#session;
    const bed = base + (this.#slots.at(this.#slot) + SLOT.nap) * 4;
    for (let nap = 0; nap < haste.naps && deadline - performance.now() > 1; nap++) {
      platform.wait(bed, 0, NAP_MS);
      if (attempt(false)) return true;
    }
    return false;
  }

  /** A function of its own on purpose: V8 handles interrupts (a debugger's pause, a stack dump) when it is called. */
  #slice(point: number, sequence: number, milliseconds: number): void {
    const { platform, base } = this.#session;
    platform.wait(base + (point + WAIT.sequence) * 4, sequence, milliseconds);
    this.takeTermination();
    this.onSlice();
  }

  /** Says whether this process listens to SIGTERM. True when it no longer does, and a request was still open. */
  listenToTermination(listens: boolean): boolean {
    const { words } = this.#session;
    const at = this.terminateAt;
    if (!listens) return Atomics.exchange(words, at, TERMINATE.deaf) === TERMINATE.requested;
    Atomics.compareExchange(words, at, TERMINATE.deaf, TERMINATE.listens);
    return false;
  }

  /**
   * Calls this process's SIGTERM listeners if that was requested. Synchronous operations begin with it, so that a thread
   * which is never idle, and never waits either, hears of it.
   */
  takeTermination(): void {
    const { words } = this.#session;
    const at = this.terminateAt;
    const { requested, listens } = TERMINATE;
    if (Atomics.load(words, at) !== requested) return;
    if (Atomics.compareExchange(words, at, requested, listens) === requested) this.onTermination();
  }

  /** Asks another process's listeners; false when it has none. */
  requestTermination(slot: number): boolean {
    const at = this.#slots.at(slot) + SLOT.terminate;
    const { deaf, listens, requested } = TERMINATE;
    return Atomics.compareExchange(this.#session.words, at, listens, requested) !== deaf;
  }

  /** Whether what was asked of another process's listeners has not been taken up yet. */
  isTerminationOpen(slot: number): boolean {
    const at = this.#slots.at(slot) + SLOT.terminate;
    return Atomics.load(this.#session.words, at) === TERMINATE.requested;
  }

  /** Registers an asynchronous waiter, and tries it once after that, so that no wake falls between. `ref`: see {@link setRef}. */
  add(waiter: Waiter, ref = true): void {
    const { words } = this.#session;
    const { point } = waiter;
    const here = this.#perPoint.get(point) ?? 0;
    this.#perPoint.set(point, here + 1);
    if (here === 0) {
      Atomics.or(words, point + WAIT.groups, 1 << (this.#slot >> 5));
      Atomics.or(words, point + WAIT.bitmap + (this.#slot >> 5), 1 << (this.#slot & 31));
      Atomics.add(words, point + WAIT.count, 1);
    }
    this.#waiters.set(waiter, ref);
    if (ref) this.#refs++;
    this.#watch();
    if (waiter.attempt()) this.remove(waiter);
  }

  /** Ends a wait from outside: a timeout, an abort. */
  remove(waiter: Waiter): void {
    this.setRef(waiter, false);
    if (!this.#waiters.delete(waiter)) return;
    const { words } = this.#session;
    const { point } = waiter;
    const here = (this.#perPoint.get(point) ?? 1) - 1;
    if (here > 0) {
      this.#perPoint.set(point, here);
    } else {
      this.#perPoint.delete(point);
      Atomics.and(words, point + WAIT.bitmap + (this.#slot >> 5), ~(1 << (this.#slot & 31)));
      Atomics.sub(words, point + WAIT.count, 1);
    }
    if (this.#waiters.size === 0) this.#bell.disarm();
  }

  /** Whether a pending waiter keeps the event loop alive. */
  setRef(waiter: Waiter, ref: boolean): void {
    const before = this.#waiters.get(waiter);
    if (before === undefined || before === ref) return;
    this.#waiters.set(waiter, ref);
    this.#refs += ref ? 1 : -1;
    this.#bell.setRef(this.#refs > 0);
  }

  /** Sees to it that the waiters are tried again: by the bell, or at once while the thread polls. */
  #watch(): void {
    if (this.#pollUntil !== 0) {
      if (performance.now() < this.#pollUntil) {
        if (!this.#polling) this.#poll();
        return;
      }
      // In vain: the other side is slow, or has no processor because this thread polls.
      this.#pollUntil = 0;
      this.#skip = this.#penalty;
      this.#penalty = Math.min(MOST_SKIPPED, this.#penalty * 2);
    }
    this.#bell.arm(this.#refs > 0);
  }

  /**
   * While it polls, the thread tries again in each turn of its loop, with the bell unarmed: an answer that comes within
   * microseconds then costs neither side a system call.
   */
  #poll(): void {
    this.#polling = true;
    const turn = setImmediate(() => {
      this.#polling = false;
      this.#retry();
    });
    if (this.#refs === 0) turn.unref();
  }

  #retry(): void {
    if (this.#waiters.size === 0) return;
    this.#watch();
    let progress = false;
    for (const waiter of [...this.#waiters.keys()]) {
      if (!this.#waiters.has(waiter) || !waiter.attempt()) continue;
      this.remove(waiter);
      progress = true;
    }
    if (progress) this.came();
  }

  /** Something came, so the next may be near: polls for it. (Waiters that stay say so themselves: their attempts do not.) */
  came(): void {
    if (this.#pollUntil !== 0) this.#penalty = 1;
    else if (this.#skip > 0) {
      this.#skip--;
      return;
    }
    this.#pollUntil = performance.now() + POLL_MS;
  }

  /** Wakes one waiter of the point (one of each form), or all. Nearly free when nobody waits. */
  wake(point: number, all = false): void {
    if (Atomics.load(this.#session.words, point + WAIT.count) > 0) this.#wakeSlowly(point, all);
  }

  /**
   * As {@link wake}, but while a woken synchronous waiter has not yet looked, further signals do not wake a second: so a
   * waiter that is served must signal again when there may be enough for another. When it dies instead, the others
   * look by themselves within a slice.
   */
  signal(point: number): void {
    const { words } = this.#session;
    if (Atomics.load(words, point + WAIT.count) === 0) return;
    const sleeping = Atomics.load(words, point + WAIT.syncCount) > 0;
    if (sleeping && Atomics.exchange(words, point + WAIT.signalled, 1) === 0) this.#wakeSleepers(point, 1);
    this.#ringBells(point, false);
  }

  #wakeSlowly(point: number, all: boolean): void {
    this.#wakeSleepers(point, all ? 0x7fffffff : 1);
    this.#ringBells(point, all);
  }

  #wakeSleepers(point: number, count: number): void {
    const { words, platform, base } = this.#session;
    Atomics.add(words, point + WAIT.sequence, 1);
    if (Atomics.load(words, point + WAIT.syncCount) > 0) {
      platform.wake(base + (point + WAIT.sequence) * 4, count);
    }
  }

  #ringBells(point: number, all: boolean): void {
    const { words } = this.#session;
    // One past the last that was rung, so that no waiter is passed over for ever.
    const start = words[point + WAIT.rotor] ?? 0;
    const groups = Atomics.load(words, point + WAIT.groups);
    for (let step = 0; step <= 32; step++) {
      const index = ((start >> 5) + step) & 31;
      if (((groups >>> index) & 1) === 0) continue;
      let bits = Atomics.load(words, point + WAIT.bitmap + index);
      if (step === 0) bits &= -1 << (start & 31);
      while (bits !== 0) {
        const bit = 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        const slot = index * 32 + bit;
        if (!this.#bell.ring(slot) || all) continue;
        words[point + WAIT.rotor] = (slot + 1) & 1023;
        return;
      }
    }
  }

  /** The slots of a bitmap, for diagnosis and sweeps. */
  static slots(words: Int32Array, bitmap: number): number[] {
    const found: number[] = [];
    for (let index = 0; index < 32; index++) {
      for (let bits = Atomics.load(words, bitmap + index); bits !== 0; bits &= bits - 1) {
        found.push(index * 32 + 31 - Math.clz32(bits & -bits));
      }
    }
    return found;
  }
}
