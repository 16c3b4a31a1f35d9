/**
 * Time of a session on `performance.now`, which costs a fraction of `process.hrtime`: the distance between the two is
 * taken once. `process.hrtime` is the one clock that all processes of a machine share; the wall clock breaks
 * happened-before between processes.
 */
export class Clock {
  readonly #offset: number;
  readonly #performance = globalThis.performance;
  readonly #now = globalThis.performance.now;

  /** `origin`: `process.hrtime.bigint()` of the session's origin. */
  constructor(origin: bigint) {
    // Of three tries the one with the least time between the two clocks.
    let best = Number.POSITIVE_INFINITY;
    let offset = 0;
    for (let i = 0; i < 3; i++) {
      const before = this.#ms() * 1e6;
      const shared = Number(process.hrtime.bigint() - origin);
      const after = this.#ms() * 1e6;
      if (after - before >= best) continue;
      best = after - before;
      offset = shared - (before + after) / 2;
    }
    this.#offset = offset;
  }

  /** Nanoseconds since the session's origin. */
  now(): number {
    return this.#now.call(this.#performance) * 1e6 + this.#offset;
  }

  /** When `performance.now` was 0: in the main thread, the start of the process. */
  get start(): number {
    return this.#offset;
  }

  #ms(): number {
    return this.#now.call(this.#performance);
  }
}
