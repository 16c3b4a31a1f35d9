import { createHash } from 'node:crypto';
import { parseTraceparent } from '../../../base/traceparent.ts';
import type { SessionFacts } from '../../../trace/format/definitions.ts';
import { unknownWallClock } from '../../core/errors.ts';
import { FLAG_KNOWN, FLAG_REMOTE } from './message.ts';

/** Milliseconds since the epoch that OTLP's 64 bits of nanoseconds can hold, with the length of a session to spare. */
const LATEST = 1.8e13;
/** Of the W3C: whoever started the program records as well. What is here was recorded in any case. */
const SAMPLED = 1;

/** The ids and the clock of one session: the same trace gives the same ids each time it is exported. */
export class Identity {
  readonly traceId: string;
  /** `flags` of spans whose parent is one of this session's, or which have none. */
  readonly flags: number;
  /** `flags` of spans whose parent the environment of the program named. */
  readonly remoteFlags: number;
  /** The span that TRACEPARENT names; `undefined`: the program had none. */
  readonly outerSpan: string | undefined;
  readonly #session: string;
  readonly #origin: bigint;

  /**
   * @param session the session's id
   * @throws UserError when nobody knows when the session was
   */
  constructor(session: string, { wallClock, traceparent }: SessionFacts) {
    if (!(wallClock > 0 && wallClock < LATEST)) throw unknownWallClock();
    const outer = parseTraceparent(traceparent);
    this.#session = session;
    this.#origin = BigInt(Math.round(wallClock)) * 1_000_000n;
    this.traceId = outer?.traceId ?? this.#hash('trace', 32);
    this.outerSpan = outer?.spanId;
    this.flags = FLAG_KNOWN | (outer?.flags ?? SAMPLED);
    this.remoteFlags = this.flags | FLAG_REMOTE;
  }

  /** @param about tells the span from all others of the session */
  span(about: string): string {
    return this.#hash(`span ${about}`, 16);
  }

  /** @param time ns since the session's origin */
  time(time: number): string {
    const at = this.#origin + BigInt(Math.round(time));
    return String(at > 0n ? at : 0n);
  }

  #hash(about: string, digits: number): string {
    return createHash('sha256').update(`${this.#session} ${about}`).digest('hex').slice(0, digits);
  }
}
