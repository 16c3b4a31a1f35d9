import type { Ns } from '../../base/quantities.ts';

const { hrtime, uptime } = process;

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
    this.start = this.now() - uptime.call(process) * 1e9;
  }

  /** Nanoseconds since the session's origin. */
  now(): Ns {
    const [seconds, nanoseconds] = hrtime.call(process);
    return (seconds - this.#seconds) * 1e9 + (nanoseconds - this.#nanoseconds);
  }
}
