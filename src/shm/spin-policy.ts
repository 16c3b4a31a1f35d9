import type { Ms } from '../base/quantities.ts';

/** Bounds of the attempts before a sleep. */
const FEWEST = 10;
const MOST = 1000;
/** Messages less than this apart are a stream, whose reader may nap. */
const STREAM_MS = 0.05;
/** Naps before a sleep. */
const NAPS = 3;
/** About what {@link MOST} attempts take: a wait that was longer would not have been served by them. */
const SPIN_MS = 0.05;

/**
 * How often a synchronous waiter tries before it registers and sleeps; the sleep and the waking cost both sides a system call
 * and a switch. It tries more often where that has ended the last waits. The reader of a stream also takes short naps: the
 * writer, perhaps on the same processor, gets ahead meanwhile, and the next messages come in one go.
 */
export class SpinPolicy {
  /** Attempts before the next sleep. */
  spins = 100;
  /** Naps before the next sleep, each followed by an attempt. */
  naps = 0;
  /** When the last wait began, `performance.now()`. */
  #lastWait = 0;
  /** Operations that had been served when the last wait began. */
  #served = 0;

  /** A wait begins. `served`: operations served so far. `mayNap`: the other side does not wait for this thread meanwhile. */
  begin(now: Ms, served: number, mayNap: boolean): void {
    const each = (now - this.#lastWait) / Math.max(1, served - this.#served);
    this.naps = mayNap && each < STREAM_MS ? NAPS : 0;
    this.#lastWait = now;
    this.#served = served;
  }

  /** The wait is over and `took` so long: the next one tries longer where that would have been enough, else shorter. */
  end(took: Ms): void {
    this.spins = took < SPIN_MS ? Math.min(MOST, this.spins * 2) : Math.max(FEWEST, this.spins >> 1);
  }
}

/** Length of a brief poll: about what falling asleep and being woken cost both sides. */
const BRIEF_MS = 0.05;
/** After polls that found nothing, at most so many in a row are left out. */
const MOST_SKIPPED = 256;

/**
 * Blocks the thread for {@link BRIEF_MS} at most before a wait whose answer is likely to come that soon. Where it did not, since
 * the other side takes longer or shares the processor with this one, the next polls are left out.
 */
export class BriefPoll {
  /** So many of the next polls are left out. */
  #skip = 0;
  /** What `#skip` becomes after the next poll that finds nothing. */
  #penalty = 1;

  /** Calls `attempt` again and again for {@link BRIEF_MS}, or once where polls were of no use lately. Whether it returned true. */
  poll(attempt: () => boolean): boolean {
    if (this.#skip > 0) {
      this.#skip--;
      return attempt();
    }
    const end = performance.now() + BRIEF_MS;
    do {
      for (let i = 0; i < 32; i++) {
        if (!attempt()) continue;
        this.#penalty = Math.max(1, this.#penalty >> 1);
        return true;
      }
    } while (performance.now() < end);
    this.#skip = this.#penalty;
    this.#penalty = Math.min(MOST_SKIPPED, this.#penalty * 2);
    return false;
  }
}
