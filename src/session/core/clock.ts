/**
 * Time of a session: ns since its origin. `process.hrtime` is the one clock that all processes of a machine share, so
 * that what the launcher sees from outside and what the shim records inside can be put in one order.
 */
export class SessionClock {
  readonly origin: bigint;
  /** Milliseconds since the epoch at the origin. */
  readonly wallClock: number;
  constructor(origin: bigint = process.hrtime.bigint(), wallClock: number = Date.now()) {
    this.origin = origin;
    this.wallClock = wallClock;
  }
  now(): number {
    return Number(process.hrtime.bigint() - this.origin);
  }
}
