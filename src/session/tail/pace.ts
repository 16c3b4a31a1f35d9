/** Milliseconds between looks while there is news, where somebody watches: a picture that moves smoothly. */
export const SMOOTH = 20;
/** Milliseconds between looks while nothing is new. */
const SLOWEST = 250;
/** Share of a core that reading may take: after a look that took long, the next one waits. */
const MOST_SHARE = 0.25;
/** Milliseconds between two questions to the system whether the launcher still lives. */
const ASK_EVERY = 1000;

/** When to look at the trace again: mapped records raise no file events, so it is polled. */
export class Pace {
  readonly #fastest: number;
  #delay: number;
  #asked = performance.now();

  /** @param fastest milliseconds between looks while there is news */
  constructor(fastest: number) {
    this.#fastest = fastest;
    this.#delay = fastest;
  }

  /**
   * Milliseconds until the next look.
   * @param busy was anything new this time?
   * @param took milliseconds that this look took
   */
  next(busy: boolean, took: number): number {
    this.#delay = busy ? this.#fastest : Math.min(SLOWEST, this.#delay * 1.5);
    return Math.max(this.#delay, Math.min(SLOWEST * 4, took / MOST_SHARE));
  }

  isTimeToAsk(): boolean {
    const now = performance.now();
    if (now - this.#asked < ASK_EVERY) return false;
    this.#asked = now;
    return true;
  }
}
