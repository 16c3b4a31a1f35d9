import type { Ms, Words } from '../base/quantities.ts';
import { Doorbell } from './doorbell.ts';
import { addressOf, SLOT, type SlotIndex, TERMINATE, WAIT } from './layout.ts';
import type { Session } from './session.ts';
import type { Slots } from './slots.ts';
import type { SpinPolicy } from './spin-policy.ts';

/** Longest sleep of a synchronous wait: then JavaScript runs, and with it debuggers and the checks for the dead. */
export const WAIT_STEP_MS = 50;
/** Attempts before the first sleep of a synchronous wait that has no spin policy. */
const SPINS = 60;
/** Length of a nap: a sleep that nobody ends early. The system's timer slack about doubles it. */
const NAP_MS = 0.05;
/** For how long after a success the event loop polls for the next one, instead of sleeping until its doorbell rings. */
const POLL_MS = 0.06;
/** After polls that found nothing, at most so many waits in a row do not poll. */
const MOST_SKIPPED = 64;

/** An asynchronous wait: tried again whenever the thread's doorbell rings, and every 100 ms. */
export interface Waiter {
  /** Word position of the wait point. */
  readonly point: Words;
  /** Tries once. True when the wait is over, in whichever way; then it is not called again. */
  attempt(): boolean;
}

/**
 * The waits of one thread. A wait point is a few words in a block (`WAIT`): waiters register, try again, and sleep;
 * who changes the state calls {@link wake}. A waiter that dies registered costs later wakes a little time, nothing else.
 */
export class Waits {
  readonly #session: Session;
  readonly #slots: Slots;
  readonly #slot: SlotIndex;
  readonly #bell: Doorbell;
  /** Waiters, and whether each keeps the loop alive. */
  readonly #waiters = new Map<Waiter, boolean>();
  /** Number of waiters that keep the loop alive. */
  #refs = 0;
  /** Until when (`performance.now()`) the loop polls; 0: it does not. */
  #pollUntil = 0;
  /** So many of the next waits do not poll. */
  #skip = 0;
  /** What `#skip` becomes after the next poll that finds nothing. */
  #penalty = 1;
  #polling = false;
  /** Number of this thread's waiters by wait point. */
  readonly #perPoint = new Map<number, number>();
  /** Word that is {@link TERMINATE}.requested where {@link takeTermination} has something to do. */
  readonly terminateAt: Words;
  /** Called after each step of a synchronous wait ({@link WAIT_STEP_MS} at most): looks whether the parent has ended. */
  onWaitStep: () => void = () => {};
  /** Calls this process's SIGTERM listeners; see {@link takeTermination}. */
  onTermination: () => void = () => {};

  constructor(session: Session, slots: Slots, slot: SlotIndex) {
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
   * `attempt` may throw to end the wait. It is told `quick` where it is called again at once: then it shall not even read the
   * clock, which costs more than a try. `spinPolicy`: how the thread tries before it sleeps.
   */
  block(point: Words, attempt: (quick: boolean) => boolean, deadline: Ms, spinPolicy?: SpinPolicy): boolean {
    if (this.spin(attempt, deadline, spinPolicy)) return true;
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
        this.#waitStep(point, sequence, Math.min(left, WAIT_STEP_MS));
      } finally {
        Atomics.sub(words, point + WAIT.syncCount, 1);
        Atomics.sub(words, point + WAIT.count, 1);
        Atomics.store(words, point + WAIT.signalled, 0);
      }
      // No longer registered, so that it wakes others, and not itself, when it is served.
      if (attempt(false)) return true;
    }
  }

  /**
   * Tries again and again, blocking the thread, before the wait is registered: whoever changes the state would otherwise have to
   * wake this thread by a system call. True when an attempt did.
   */
  spin(attempt: (quick: boolean) => boolean, deadline: Ms, spinPolicy: SpinPolicy | undefined): boolean {
    const spins = spinPolicy?.spins ?? SPINS;
    for (let spin = 0; spin < spins; spin++) {
      if (attempt(true)) return true;
    }
    if (spinPolicy === undefined || spinPolicy.naps === 0) return false;
    const { platform, base } = this.#session;
    const napAddress = addressOf(base, this.#slots.at(this.#slot) + SLOT.nap);
    for (let nap = 0; nap < spinPolicy.naps && deadline - performance.now() > 1; nap++) {
      platform.wait(napAddress, 0, NAP_MS);
      if (attempt(false)) return true;
    }
    return false;
  }

  /** One sleep. A function of its own: V8 handles interrupts (a debugger's pause, a stack dump) where functions are called. */
  #waitStep(point: Words, sequence: number, milliseconds: Ms): void {
    const { platform, base } = this.#session;
    platform.wait(addressOf(base, point + WAIT.sequence), sequence, milliseconds);
    this.takeTermination();
    this.onWaitStep();
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
  requestTermination(slot: SlotIndex): boolean {
    const at = this.#slots.at(slot) + SLOT.terminate;
    const { deaf, listens, requested } = TERMINATE;
    return Atomics.compareExchange(this.#session.words, at, listens, requested) !== deaf;
  }

  /** Whether what was asked of another process's listeners has not been taken up yet. */
  isTerminationOpen(slot: SlotIndex): boolean {
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
    if (progress) this.pollForNext();
  }

  /**
   * A wait was served, and the next message may follow within microseconds: the loop polls for it for a while. To be called by
   * waiters that stay registered, too, since their attempts return false.
   */
  pollForNext(): void {
    if (this.#pollUntil !== 0) this.#penalty = 1;
    else if (this.#skip > 0) {
      this.#skip--;
      return;
    }
    this.#pollUntil = performance.now() + POLL_MS;
  }

  /** Wakes one waiter of the point (one of each form), or all. Nearly free when nobody waits. */
  wake(point: Words, all = false): void {
    if (Atomics.load(this.#session.words, point + WAIT.count) > 0) this.#wakeSlowly(point, all);
  }

  /**
   * As {@link wake}, but while a woken synchronous waiter has not yet looked, further signals do not wake a second: so a
   * waiter that is served must signal again when there may be enough for another. When it dies instead, the others
   * look by themselves within a step of their wait.
   */
  signal(point: Words): void {
    const { words } = this.#session;
    if (Atomics.load(words, point + WAIT.count) === 0) return;
    const sleeping = Atomics.load(words, point + WAIT.syncCount) > 0;
    if (sleeping && Atomics.exchange(words, point + WAIT.signalled, 1) === 0) this.#wakeSleepers(point, 1);
    this.#ringBells(point, false);
  }

  #wakeSlowly(point: Words, all: boolean): void {
    this.#wakeSleepers(point, all ? 0x7fffffff : 1);
    this.#ringBells(point, all);
  }

  #wakeSleepers(point: Words, count: number): void {
    const { words, platform, base } = this.#session;
    Atomics.add(words, point + WAIT.sequence, 1);
    if (Atomics.load(words, point + WAIT.syncCount) > 0) {
      platform.wake(addressOf(base, point + WAIT.sequence), count);
    }
  }

  #ringBells(point: Words, all: boolean): void {
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
  static slots(words: Int32Array, bitmap: Words): number[] {
    const found: number[] = [];
    for (let index = 0; index < 32; index++) {
      for (let bits = Atomics.load(words, bitmap + index); bits !== 0; bits &= bits - 1) {
        found.push(index * 32 + 31 - Math.clz32(bits & -bits));
      }
    }
    return found;
  }
}
