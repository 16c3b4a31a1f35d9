import { FLAG, type KIND } from '../../trace/records.ts';
import { Sampler } from '../sampler.ts';
import type { Shim } from '../shim.ts';

/** Chunks that follow each other faster than this are summed up, ns. */
const GAP_NS = 2e6;
/** A sum enters the stream at the latest when it is as large as this, bytes. */
const MOST_BYTES = 2 ** 20;
/** A record's `value` has 32 bits. */
const MOST_VALUE = 2 ** 31;

type Skip = (...args: never[]) => unknown;

/** Where sums wait to be recorded. */
export interface SumStore {
  sum(flow: ByteFlow): void;
}

/**
 * The bytes that go through one end of a pipe. The first chunk after a pause is a record of its own, with its own time; what
 * follows at once is summed up, so that a loop of small writes costs a few records.
 */
export class ByteFlow {
  readonly resource: number;
  readonly #shim: Shim;
  readonly #kind: typeof KIND.send | typeof KIND.receive;
  readonly #sums: SumStore;
  readonly #sampler: Sampler;
  #total = 0;
  #pending = 0;
  #pendingAt = 0;
  #sampled = 0;
  #recordedAt = Number.NEGATIVE_INFINITY;

  constructor(shim: Shim, kind: typeof KIND.send | typeof KIND.receive, resource: number, sums: SumStore) {
    this.#shim = shim;
    this.#kind = kind;
    this.resource = resource;
    this.#sums = sums;
    this.#sampler = new Sampler(shim.session.options.callSites);
  }

  /** All bytes so far. */
  get total(): number {
    return this.#total + this.#pending;
  }
  /** The last call site that was seen, 0: none. */
  get site(): number {
    return this.#sampler.site;
  }

  /** `time`: when they went, ns. `skip`: the shim's function that the program called to send them. */
  moved(time: number, bytes: number, skip?: Skip): void {
    if (this.#pending === 0) {
      this.#sampled = skip ? this.#look(time, skip) : 0;
      if (time - this.#recordedAt > GAP_NS || this.#shim.recorder.finished) {
        this.#record(time, bytes, 0);
        return;
      }
      this.#sums.sum(this);
    }
    this.#pending += bytes;
    this.#pendingAt = time;
    if (this.#pending >= MOST_BYTES || time - this.#recordedAt > GAP_NS) this.flush();
  }

  /** Records what is summed up. */
  flush(): void {
    if (this.#pending === 0) return;
    const bytes = this.#pending;
    this.#pending = 0;
    // Other records of the thread may have come since: time does not go back.
    this.#record(Math.max(this.#pendingAt, this.#shim.recorder.lastActivity), bytes, FLAG.summed);
  }

  /** Takes the call site if it is this one's turn. Returns the flag that says that it was not. */
  #look(time: number, skip: Skip): number {
    if (!this.#sampler.take(time)) return FLAG.sampledSite;
    // What the stream had buffered goes out without a line of the program on the stack.
    const site = this.#shim.sites.here(skip);
    if (site === 0) return FLAG.sampledSite;
    this.#sampler.site = site;
    return 0;
  }

  #record(time: number, bytes: number, flags: number): void {
    this.#recordedAt = time;
    const { recorder } = this.#shim;
    for (let left = bytes; left > 0; left -= MOST_VALUE) {
      const value = Math.min(left, MOST_VALUE);
      this.#total += value;
      const all = flags | this.#sampled;
      recorder.recordAt(time, this.#kind, all, 0, this.resource, this.site, this.#total % 2 ** 32, value);
    }
  }
}
