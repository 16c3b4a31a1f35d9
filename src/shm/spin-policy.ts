const FEWEST = 10;
const MOST = 1000;
/** Items that come closer than this, in milliseconds, are a stream. */
const STREAM_MS = 0.05;
const NAPS = 3;
/** About what MOST spins take. */
const SPIN_MS = 0.05;

/**
 * What a waiter does before it registers and sleeps, which costs both sides a system call and a switch: it tries again
 * for some microseconds, more often where that has helped lately. The reader of a stream then takes short naps, so that
 * the other side, perhaps on the same processor, gets ahead undisturbed and the next items come in one go.
 */
export class Haste {
  spins = 100;
  naps = 0;
  #lastWait = 0;
  #served = 0;

  /** A wait begins. `served`: operations so far; `mayNap`: the other side does not wait for this thread. */
  begin(now: number, served: number, mayNap: boolean): void {
    const each = (now - this.#lastWait) / Math.max(1, served - this.#served);
    this.naps = mayNap && each < STREAM_MS ? NAPS : 0;
    this.#lastWait = now;
    this.#served = served;
  }

  /** The wait took so many milliseconds: were it to be so again, would trying for longer help? */
  end(took: number): void {
    this.spins = took < SPIN_MS ? Math.min(MOST, this.spins * 2) : Math.max(FEWEST, this.spins >> 1);
  }
}

/** For how long it is worth trying, in milliseconds: about what it takes to fall asleep and be woken, on both sides. */
const MOMENT_MS = 0.05;
const MOST_SKIPPED = 256;

/**
 * Decides whether to try for a moment before a wait, where the other side has to do something short first. In vain, because
 * that takes longer or both sides share a processor, it is not done again for a while.
 */
export class Moment {
  #skip = 0;
  #penalty = 1;

  /** Calls `attempt` again and again for a moment, if that has been of use lately. Whether it has returned true. */
  spend(attempt: () => boolean): boolean {
    if (this.#skip > 0) {
      this.#skip--;
      return attempt();
    }
    const end = performance.now() + MOMENT_MS;
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
