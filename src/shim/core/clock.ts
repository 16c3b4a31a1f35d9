import type { Ns } from '../../base/quantities.ts';

// Bound: programs replace `Function.prototype.call` too.
const hrtime = process.hrtime.bind(process);
const uptime = process.uptime.bind(process);

/**
 * Time of a session on `process.hrtime`, the one clock that all processes of a machine share: the wall clock breaks
 * happened-before between processes. As an array of seconds and nanoseconds it costs no more than `performance.now`, for
 * which Node would have to load half a millisecond of modules first.
 */
export class Clock {
  readonly #seconds: number;
  readonly #nanoseconds: number;
  /** When the process began, ns since the session's origin. */
  readonly start: Ns;

  /** `origin`: `process.hrtime.bigint()` of the session's origin. */
  constructor(origin: bigint) {
    this.#seconds = Number(origin / 1_000_000_000n);
    this.#nanoseconds = Number(origin % 1_000_000_000n);
    this.start = this.now() - uptime() * 1e9;
  }

  /** Nanoseconds since the session's origin. */
  now(): Ns {
    // Not taken apart: that would ask the iterator of arrays, which a program may have replaced.
    const time = hrtime();
    return (time[0] - this.#seconds) * 1e9 + (time[1] - this.#nanoseconds);
  }
}
